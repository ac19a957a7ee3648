/** The scorers without a model in `mlflow.genai.scorers`. */
export { RegexMatch, type RegexMatchOptions } from "./regex-match.js";
