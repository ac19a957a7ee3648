/** The contents of `mlflow.genai` that come from this folder. */
export {
  type ScorerFunction,
  type ScorerInput,
  type ScorerOptions,
  scorer,
} from "./function-scorer.js";
export {
  type Aggregation,
  type AggregationName,
  type AnswerCache,
  type ScoredRow,
  Scorer,
  type ScorerFields,
  type Scoring,
} from "./scorer.js";
export { fromLangSmith } from "./to-scorer.js";
