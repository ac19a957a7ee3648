import type { PlainObject } from "../data/plain.js";

/** The form in which MLflow stores a scorer. Python's `SerializedScorer` has the same fields. */
export interface SerializedScorer extends PlainObject {
  readonly name: string;
  readonly aggregations: readonly string[] | null;
  readonly description: string | null;
  readonly is_session_level_scorer: boolean;
  readonly session_level: string | null;
  readonly mlflow_version: string;
  readonly serialization_version: number;
  readonly builtin_scorer_class: string | null;
  readonly builtin_scorer_pydantic_data: PlainObject | null;
  readonly instructions_judge_pydantic_data: PlainObject | null;
}
