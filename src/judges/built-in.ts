/** The scorers with a model in `mlflow.genai.scorers`. */
export {};
