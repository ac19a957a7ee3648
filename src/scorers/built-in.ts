/** The scorers without a model in `mlflow.genai.scorers`. */
export { ExactMatch, type ExactMatchOptions } from "./exact-match.js";
export { Latency, type LatencyOptions } from "./latency.js";
export { RegexMatch, type RegexMatchOptions } from "./regex-match.js";
export { ResponseLength, type ResponseLengthOptions } from "./response-length.js";
