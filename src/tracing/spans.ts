import { guard } from "../base/log.js";
import { getPipeline } from "../recording/pipeline.js";
import { runInScope } from "../recording/scopes.js";
import { addSpanHook } from "../recording/span-hooks.js";
import { checkArgument } from "../settings/check-options.js";
import { kindOf } from "../settings/kinds.js";
import type { LiveSpan } from "./live-span.js";
import { openSpan } from "./open-span.js";
import { observeCall } from "./promises.js";
import { liveSpanOf, openSpanOf } from "./span-handle.js";
import {
  readSpanOptions,
  readWithSpanOptions,
  type SpanOptions,
  type WithSpanOptions,
} from "./span-options.js";

const callbackKind = kindOf<(span: LiveSpan) => unknown>(
  "a function",
  (value) => typeof value === "function",
);

/**
 * Starts a span that the app ends itself, with `span.end()`. It is not the active span: spans and calls of LangChain are
 * below it only if it is passed to them as `parent`. Without a `parent`, it is below the active span, else the root of a new
 * trace. Mirrors `mlflow.start_span_no_context`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * const span = startSpan({ name: "download", inputs: { url } });
 * span.end({ outputs: { bytes: 10 } });
 */
export function startSpan(options: SpanOptions = {}): LiveSpan {
  const { parent, ...values } = readSpanOptions(options);
  const isNoOp = parent && !openSpanOf(parent);
  if (isNoOp) return liveSpanOf(undefined);
  const start = { isActive: false, parent: parent ? openSpanOf(parent) : parent };
  return liveSpanOf(openSpan(values, start).span);
}

/**
 * Calls a function within a span, and ends the span when the function returns, when its promise settles, or when it
 * throws. Calls of LangChain and other spans in the function are below the span. Unless the function sets outputs, they are
 * what it returns. Accepts the options as the first argument too. Mirrors `with mlflow.start_span()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Errors of the function are thrown unchanged.
 * @example
 * const answer = await withSpan(
 *   async (span) => {
 *     span.setInputs({ question });
 *     return chain.invoke({ question });
 *   },
 *   { name: "answer", spanType: SpanType.AGENT },
 * );
 */
export function withSpan<T>(
  callback: (span: LiveSpan) => Promise<T>,
  options?: WithSpanOptions,
): Promise<T>;
export function withSpan<T>(callback: (span: LiveSpan) => T, options?: WithSpanOptions): T;
export function withSpan<T>(
  callback: (span: LiveSpan) => T | Promise<T>,
  options?: WithSpanOptions,
): T | Promise<T>;
export function withSpan<T>(
  options: WithSpanOptions,
  callback: (span: LiveSpan) => Promise<T>,
): Promise<T>;
export function withSpan<T>(options: WithSpanOptions, callback: (span: LiveSpan) => T): T;
export function withSpan(first: unknown, second: unknown = {}): unknown {
  const isFirst = typeof first === "function" || typeof second !== "function";
  const [callback, options] = isFirst ? [first, second] : [second, first];
  const run = checkArgument("withSpan()", "callback", callbackKind, callback);
  return callInSpan(readWithSpanOptions(options), run);
}

/** Calls a function within a span. */
export function callInSpan<T>(options: WithSpanOptions, callback: (span: LiveSpan) => T): T {
  const { span, scope } = openSpan(options, { isActive: true });
  const live = liveSpanOf(span);
  if (!scope) return callback(live);
  const { byHand } = getPipeline().recording.collector;
  const returned = guard("the end of a span", (value: unknown) => {
    byHand.leaveScope(scope);
    if (live.outputs === undefined && value !== undefined) live.setOutputs(value);
    if (span) byHand.end(span);
  });
  const thrown = guard("the failure of a span", (error: unknown) => {
    byHand.leaveScope(scope);
    if (span) byHand.fail(span, error);
  });
  return observeCall(() => runInScope(scope, () => callback(live)), { returned, thrown });
}

/**
 * Returns the span around the current code: a span by hand, or the span of the LangChain call that runs. Null outside
 * of a trace. Mirrors `mlflow.get_current_active_span`.
 */
export function getCurrentActiveSpan(): LiveSpan | null {
  const span = guard("the active span", () => getPipeline().recording.collector.byHand.active())();
  return span ? liveSpanOf(span) : null;
}

const hookKind = kindOf<(span: LiveSpan) => void>(
  "a function",
  (value) => typeof value === "function",
);

/**
 * Calls a function with every span that starts, by hand or by LangChain. The inputs of a LangChain call are not set yet.
 * Errors of the function are logged. Returns a function that removes it.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * registerOnSpanStartHook((span) => span.setAttribute("region", "eu"));
 */
export function registerOnSpanStartHook(hook: (span: LiveSpan) => void): () => void {
  checkArgument("registerOnSpanStartHook()", "hook", hookKind, hook);
  return addSpanHook("start", (span) => hook(liveSpanOf(span)));
}

/**
 * Calls a function with every span when its trace is complete, in the order of their start. It may still set values of the
 * span. `redact` receives the values later. Errors of the function are logged. Returns a function that removes it. Mirrors
 * the span processors of `mlflow.tracing.configure`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * registerOnSpanEndHook((span) => {
 *   if (span.spanType === SpanType.RETRIEVER) span.setOutputs("removed");
 * });
 */
export function registerOnSpanEndHook(hook: (span: LiveSpan) => void): () => void {
  checkArgument("registerOnSpanEndHook()", "hook", hookKind, hook);
  return addSpanHook("end", (span) => hook(liveSpanOf(span)));
}
