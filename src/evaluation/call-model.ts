import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { SpanType } from "../trace/span.js";
import { callInSpan } from "../tracing/spans.js";
import type { CallModel } from "./predict.js";

/** A Runnable, an agent or a graph: of any copy of LangChain, so it is described by what is called. */
export interface InvokableModel {
  invoke(input: never, options?: never): unknown;
}

/** The app's own function: it receives the inputs of a row, and a signal that aborts when the evaluation stops. */
export type PredictFn = (
  // biome-ignore lint/suspicious/noExplicitAny: the app declares the inputs of its own data
  inputs: any,
  context: { readonly signal: AbortSignal },
) => unknown;

/** Calls the app's function in a span, so that each call is one trace, whatever the function calls. */
export function callPredictFn(predictFn: PredictFn): CallModel {
  const name = predictFn.name || "predictFn";
  return (inputs, signal) =>
    callInSpan({ name, spanType: SpanType.CHAIN, inputs }, () => predictFn(inputs, { signal }));
}

/** Calls a Runnable. Without `autolog()`, a callback handler records the call. */
export async function callRunnable(model: InvokableModel): Promise<CallModel> {
  const { invoke } = model as { invoke: (input: unknown, options: object) => unknown };
  const { getState } = await import("../autolog/state.js");
  const { MlflowLangchainTracer } = await import("../tracer/langchain-tracer.js");
  const handler = getState().isOn ? {} : { callbacks: [new MlflowLangchainTracer()] };
  return (inputs, signal) => invoke.call(model, inputs, { signal, ...handler });
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value is no model. */
export function checkModel(model: unknown): InvokableModel {
  const isModel = typeof model === "object" && model !== null && "invoke" in model;
  if (isModel && typeof model.invoke === "function") return model as InvokableModel;
  throw invalidParameter(
    `evaluate() option \`model\` takes a Runnable, an agent, a graph or the URI of a logged model, got ${show(model)}. Pass a function as \`predictFn\`.`,
  );
}
