/** The contents of `mlflow.genai` that come from this folder. */
export { fromLangSmith } from "./from-langsmith.js";
export type { ScorerFunction } from "./function-scorer.js";
export {
  type Aggregation,
  type AggregationName,
  type AnswerCache,
  type ScoredRow,
  Scorer,
  type ScorerFields,
  type Scoring,
} from "./scorer.js";
export type { ScorerArguments } from "./scorer-arguments.js";
export { type ScorerOptions, scorer } from "./scorer-function.js";
export type { ForeignEvaluator } from "./to-scorer.js";
