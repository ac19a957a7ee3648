/** The scorers without a model in `mlflow.genai.scorers`. */
export {};
