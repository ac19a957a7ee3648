/** The contents of `mlflow.genai` that come from this folder. */
export {
  type Aggregation,
  type AggregationName,
  type AnswerCache,
  type ScoredRow,
  Scorer,
  type ScorerFields,
  type Scoring,
} from "./scorer.js";
