import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { type ScorerFunction, scorer, scorerInput } from "./function-scorer.js";
import type { ScoredRow, Scorer } from "./scorer.js";

/** An evaluator of Phoenix. */
interface Evaluator {
  readonly name: string;
  evaluate(record: object): unknown;
}

/**
 * Returns the scorer that a value of the option `scorers` stands for: a scorer, a function, or an evaluator of Phoenix.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another value, or a function without a name.
 */
export function toScorer(value: unknown): Scorer {
  if (typeof value === "function") return scorer(value as ScorerFunction);
  // The app may have another copy of the package: its scorers are no instances of our class.
  if (hasMethod(value, "score") && "name" in value) return value as unknown as Scorer;
  if (hasMethod(value, "evaluate") && "name" in value)
    return ofEvaluator(value as unknown as Evaluator);
  throw invalidParameter(
    `A scorer is a Scorer, a function, or an evaluator with \`name\` and \`evaluate()\`, got ${show(value)}.`,
  );
}

function hasMethod(value: unknown, name: string): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Readonly<Record<string, unknown>>)[name] === "function"
  );
}

function ofEvaluator(evaluator: Evaluator): Scorer {
  return scorer({ name: evaluator.name }, (record) => evaluator.evaluate(record));
}

/**
 * Makes a scorer from an evaluator of LangSmith that takes `(run, example)`. The run has `inputs`, `outputs` and
 * `run_type`, and the example has `inputs` and the expectations as `outputs`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is no function, or has no name.
 * @example
 * genai.fromLangSmith(function correct(run, example) {
 *   return { key: "correct", score: run.outputs.answer === example.outputs.answer };
 * });
 */
// biome-ignore lint/suspicious/noExplicitAny: evaluators of LangSmith declare their own types of runs.
export function fromLangSmith(fn: (run: any, example: any) => unknown): Scorer {
  if (typeof fn !== "function") {
    throw invalidParameter(`fromLangSmith() takes a function (run, example), got ${show(fn)}.`);
  }
  return scorer({ name: fn.name }, (row: ScoredRow) => {
    const { inputs = {}, outputs, expectations } = scorerInput(row);
    const record = typeof outputs === "object" ? outputs : { output: outputs };
    const info = row.trace?.info;
    const times = info
      ? { start_time: info.requestTime, end_time: info.requestTime + info.executionDuration }
      : {};
    const run = {
      id: info?.traceId ?? "",
      name: fn.name,
      run_type: "chain",
      inputs,
      outputs: record,
      ...times,
    };
    return fn(run, { id: run.id, inputs, outputs: expectations ?? {} });
  });
}
