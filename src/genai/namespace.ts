/** The contents of the namespace `mlflow.genai`. */
export * from "../datasets/namespace.js";
export * from "../evaluation/namespace.js";
export * from "../judges/namespace.js";
export * from "../prompts/namespace.js";
export * from "../scorers/namespace.js";
export * as scorers from "./scorers.js";
