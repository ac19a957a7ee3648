/** The contents of `mlflow.genai` that come from this folder. */
export {};
