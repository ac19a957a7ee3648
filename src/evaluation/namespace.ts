import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import type { CompareEvaluationsOptions } from "./comparison/options.js";
import type { ComparisonResult as Comparison } from "./comparison/result.js";
import type { EvaluateOptions } from "./options.js";
import type { EvaluationResult as Result } from "./result.js";

export type { CompareEvaluationsOptions } from "./comparison/options.js";
export type {
  AssertImprovedOptions,
  PairedRow,
  ScorerComparison,
} from "./comparison/result.js";
export type { InvokableModel, PredictFn } from "./evaluated-model.js";
export type { EvaluatedRow } from "./evaluated-row.js";
export type { EvaluateOptions } from "./options.js";

// Interfaces, because the classes load at the first use.
/** The result of {@link evaluate}. Mirrors `mlflow.genai.evaluation.EvaluationResult`. */
export interface EvaluationResult extends Result {}
/** The result of {@link compareEvaluations}. */
export interface ComparisonResult extends Comparison {}

/**
 * Evaluates an app: calls `predictFn` or `model` with the inputs of each row, runs the scorers, and logs a run with one
 * trace for each row, the feedback of the scorers and the expectations on it, and metrics such as `correctness/mean`. A row
 * or a scorer that fails does not stop the others. Writes its progress and a table to stderr. Mirrors
 * `mlflow.genai.evaluate`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, a wrong row, or two scorers with
 * one name; CANCELLED if `signal` aborts; and the errors of the store and of `data`. The message names the run, which
 * `runId` continues.
 * @example
 * const result = await genai.evaluate({
 *   data: [{ inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } }],
 *   predictFn: ({ question }) => chain.invoke({ question }),
 *   scorers: [new genai.scorers.Correctness({ model: judge })],
 *   qualityCriteria: "correctness >= 0.9",
 * });
 * if (!result.passed) console.error(result.reason);
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const { evaluate } = await import("./evaluate.js");
  return evaluate(options);
}

/**
 * Compares two runs of {@link evaluate} on the same rows, and tests for each scorer whether the difference is larger than
 * chance explains. Rows are paired by their ids, else by their inputs. Values of 0 and 1, true and false, or yes and no
 * are compared by McNemar's test, others by Wilcoxon's signed-rank test and a paired t-test. Does not correct for the number
 * of scorers. With `logResults`, logs the metrics `compare/<first 8 characters of the baseline's id>/<scorer>/diff`,
 * `ci_low`, `ci_high`, `p_value`, `effect_size` and `n_paired` to the candidate run, and a file with the baseline's id.
 * Mirrors `mlflow.genai.compare_evaluations`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, or the same run twice;
 * RESOURCE_DOES_NOT_EXIST for a run that does not exist; and the errors of the store.
 * @example
 * const result = await genai.compareEvaluations({ candidateRunId, baselineRunId, greaterIsBetter: { latency: false } });
 * console.table(result.toTable());
 * result.assertImproved({ scorers: ["correctness"], alpha: 0.05 });
 */
export function compareEvaluations(options: CompareEvaluationsOptions): Promise<ComparisonResult> {
  return hold(loadComparison(options), MAX_TIMER_MS);
}

async function loadComparison(options: CompareEvaluationsOptions): Promise<ComparisonResult> {
  const { compareEvaluations } = await import("./comparison/compare-evaluations.js");
  return compareEvaluations(options);
}
