/** The scorers without a model in `mlflow.genai.scorers`. */
export type { CodeScorerOptions } from "./code-scorer.js";
export { Contains, type ContainsOptions } from "./contains.js";
export { EditDistance, type EditDistanceOptions } from "./edit-distance.js";
export { ExactMatch, type ExactMatchOptions } from "./exact-match.js";
export {
  IsJson,
  type IsJsonOptions,
  MatchesSchema,
  type MatchesSchemaOptions,
} from "./json-validity.js";
export { Latency, type LatencyOptions, TokenCount, type TokenCountOptions } from "./measures.js";
export { PIIDetection, type PIIDetectionOptions } from "./pii-detection.js";
export type { PIIType } from "./pii-types.js";
export { RegexMatch, type RegexMatchOptions } from "./regex-match.js";
export { ResponseLength, type ResponseLengthOptions } from "./response-length.js";
export {
  RetrievalNdcg,
  type RetrievalOptions,
  RetrievalPrecision,
  RetrievalRecall,
} from "./retrieval-metrics.js";
export {
  ToolCallMatch,
  TrajectoryMatch,
  type TrajectoryMatchOptions,
  type TrajectoryMode,
} from "./trajectory-match.js";
