import { checkArgument } from "../settings/check-options.js";
import { kindOf } from "../settings/kinds.js";
import { FunctionScorer } from "./function-scorer.js";
import type { Scorer } from "./scorer.js";

/** The part of LangSmith's `Run` that evaluators read. */
interface LangSmithRun {
  readonly id: string | undefined;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The part of LangSmith's `Example` that evaluators read. */
interface LangSmithExample {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: evaluators declare LangSmith's complete types
type LangSmithEvaluator = (run: any, example: any) => unknown;

/**
 * Makes a scorer of an evaluator with LangSmith's positional arguments `(run, example)`. The outputs of the run are those of
 * the row; one that is no object is `{ output }`. The outputs of the example are the expectations.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * const scorer = genai.fromLangSmith((run, example) => ({ key: "same", score: run.outputs.output === example.outputs.answer }));
 */
export function fromLangSmith(evaluator: LangSmithEvaluator): Scorer {
  const fn: LangSmithEvaluator = checkArgument(
    "fromLangSmith()",
    "evaluator",
    kindOf("a function (run, example)", (value) => typeof value === "function"),
    evaluator,
  );
  const name = fn.name || "langsmith";
  return new FunctionScorer({ name }, ({ inputs, outputs, expectations, trace }) => {
    const run: LangSmithRun = {
      id: trace?.info.traceId,
      name,
      inputs,
      outputs: asOutputs(outputs),
    };
    const example: LangSmithExample = { inputs, outputs: expectations };
    return fn(run, example);
  });
}

function asOutputs(outputs: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof outputs === "object" && outputs !== null && !Array.isArray(outputs);
  return isObject ? { ...outputs } : { output: outputs };
}
