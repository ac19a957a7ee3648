import { invalidParameter } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { attempt, show } from "../base/show.js";
import { isJsonData } from "../data/json-data.js";
import type { AnswerCache } from "../scorers/scorer.js";
import { SpanType } from "../trace/span.js";
import { callInSpan } from "../tracing/spans.js";
import { type InvokableModel, type PredictFn, readInvokable } from "./evaluated-model.js";
import { sortedJson } from "./items.js";
import type { EvaluateOptions } from "./options.js";
import type { CallModel } from "./predict.js";
import { readStream } from "./read-stream.js";

/** Calls the app's function in a span, so that each call is one trace, whatever the function calls. */
function callPredictFn(predictFn: PredictFn): CallModel {
  const name = predictFn.name || "predictFn";
  return (inputs, signal) =>
    callInSpan({ name, spanType: SpanType.CHAIN, inputs }, async () =>
      readStream(await predictFn(inputs, { signal }), signal),
    );
}

/**
 * Takes outputs from the cache. Only JSON data is kept: other inputs may have the same JSON as those of another row, and other
 * outputs would come back changed.
 */
function withCachedOutputs(
  predictFn: PredictFn,
  cacheKey: string,
  answers: AnswerCache,
): PredictFn {
  const cached: PredictFn = async (inputs, context) => {
    const call = async () => readStream(await predictFn(inputs, context), context.signal);
    if (!isJsonData(inputs)) {
      warnOfUncached("inputs");
      return call();
    }
    const key = { kind: "outputs", cacheKey, inputs: sortedJson(inputs) };
    const stored = await answers.get(key);
    // A file of the cache that another program has changed counts as missing.
    const known: unknown = stored === undefined ? undefined : attempt(() => JSON.parse(stored));
    if (known !== undefined) return known;
    const outputs = await call();
    if (isJsonData(outputs)) await answers.set(key, JSON.stringify(outputs));
    else warnOfUncached("outputs");
    return outputs;
  };
  Object.defineProperty(cached, "name", { value: predictFn.name });
  return cached;
}

function warnOfUncached(field: "inputs" | "outputs"): void {
  warnOnce(
    `uncached ${field}`,
    `evaluate() does not cache the outputs of rows whose ${field} are not JSON data. Use texts, finite numbers, true, false, null, and arrays and objects of them, without undefined, dates and instances of classes.`,
  );
}

/** Calls a Runnable. Without `autolog()`, a callback handler records the call. */
async function callRunnable(model: InvokableModel): Promise<CallModel> {
  const { getState } = await import("../autolog/state.js");
  const { MlflowLangchainTracer } = await import("../tracer/langchain-tracer.js");
  const handler = getState().isOn ? {} : { callbacks: [new MlflowLangchainTracer()] };
  return async (inputs, signal) =>
    readStream(await model.invoke(inputs, { signal, ...handler }), signal);
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
