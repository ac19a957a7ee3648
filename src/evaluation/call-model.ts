import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import type { AnswerCache } from "../scorers/scorer.js";
import { jsonValue } from "../settings/kinds.js";
import { SpanType } from "../trace/span.js";
import { callInSpan } from "../tracing/spans.js";
import { type InvokableModel, type PredictFn, readInvokable } from "./evaluated-model.js";
import { sortedJson } from "./items.js";
import type { EvaluateOptions } from "./options.js";
import type { CallModel } from "./predict.js";

/** Calls the app's function in a span, so that each call is one trace, whatever the function calls. */
function callPredictFn(predictFn: PredictFn): CallModel {
  const name = predictFn.name || "predictFn";
  return (inputs, signal) =>
    callInSpan({ name, spanType: SpanType.CHAIN, inputs }, () => predictFn(inputs, { signal }));
}

/** Takes outputs from the cache. Outputs that are no JSON data are not kept. */
function withCachedOutputs(
  predictFn: PredictFn,
  cacheKey: string,
  answers: AnswerCache,
): PredictFn {
  const cached: PredictFn = async (inputs, context) => {
    const key = { kind: "outputs", cacheKey, inputs: sortedJson(inputs) };
    const stored = await answers.get(key);
    if (stored !== undefined) return JSON.parse(stored);
    const outputs = await predictFn(inputs, context);
    if (attempt(() => jsonValue.read(outputs)) !== undefined)
      await answers.set(key, JSON.stringify(outputs));
    return outputs;
  };
  Object.defineProperty(cached, "name", { value: predictFn.name });
  return cached;
}

/** Calls a Runnable. Without `autolog()`, a callback handler records the call. */
async function callRunnable(model: InvokableModel): Promise<CallModel> {
  const { getState } = await import("../autolog/state.js");
  const { MlflowLangchainTracer } = await import("../tracer/langchain-tracer.js");
  const handler = getState().isOn ? {} : { callbacks: [new MlflowLangchainTracer()] };
  return (inputs, signal) => model.invoke(inputs, { signal, ...handler });
}

/**
 * The model of an evaluation. Undefined if the rows have outputs.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the value is not a model; and the errors of `loadModel()`.
 */
export async function callModelOf(
  { predictFn, model, cacheKey }: Pick<EvaluateOptions, "predictFn" | "model" | "cacheKey">,
  answers: AnswerCache | undefined,
): Promise<CallModel | undefined> {
  if (predictFn && answers && cacheKey !== undefined) {
    return callPredictFn(withCachedOutputs(predictFn, cacheKey, answers));
  }
  if (predictFn) return callPredictFn(predictFn);
  if (model === undefined) return undefined;
  if (typeof model !== "string") return callRunnable(model);
  const { loadModel } = await import("../models/load-model.js");
  const loaded = readInvokable(await loadModel(model));
  if (loaded) return callRunnable(loaded);
  throw invalidParameter(
    `evaluate() option \`model\` takes the URI of a model with a method invoke(), got ${show(model)}.`,
  );
}
