/** The contents of `mlflow.genai.scorers`. */
export * from "../judges/built-in.js";
export * from "../scorers/built-in.js";
