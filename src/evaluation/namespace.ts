import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import type { EvaluateOptions } from "./options.js";
import type { EvaluationResult } from "./result.js";

export type { InvokableModel, PredictFn } from "./evaluated-model.js";
export type { EvaluatedRow } from "./evaluated-row.js";
export type { EvaluateOptions } from "./options.js";
export type { EvaluationResult } from "./result.js";

/**
 * Evaluates an app: calls `predictFn` or `model` with the inputs of each row, runs the scorers, and logs a run with one
 * trace for each row, the feedback of the scorers and the expectations on it, and metrics such as `correctness/mean`. A row
 * or a scorer that fails does not stop the others. Writes its progress and a table to stderr. Mirrors
 * `mlflow.genai.evaluate`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, a wrong row, or two scorers with
 * one name; CANCELLED if `signal` aborts; and the errors of the store.
 * @example
 * const result = await genai.evaluate({
 *   data: [{ inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } }],
 *   predictFn: ({ question }) => chain.invoke({ question }),
 *   scorers: [new genai.scorers.Correctness({ model: judge })],
 *   qualityCriteria: "correctness >= 0.9",
 * });
 * if (!result.passed) console.error(result.reason);
 */
export function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  return hold(load(options), MAX_TIMER_MS);
}

async function load(options: EvaluateOptions): Promise<EvaluationResult> {
  const { evaluate } = await import("./evaluate.js");
  return evaluate(options);
}
