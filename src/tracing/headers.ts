import { randomBytes } from "node:crypto";
import { invalidParameter } from "../base/errors.js";
import { guard, warnOnce } from "../base/log.js";
import { isSpanId, isTraceId } from "../base/open-telemetry.js";
import { attempt } from "../base/show.js";
import type { RemoteParent } from "../recording/call-values.js";
import { getPipeline } from "../recording/pipeline.js";
import { runInScope } from "../recording/scopes.js";
import { runInTracingContext } from "../recording/tracing-context.js";
import { checkArgument } from "../settings/check-options.js";
import { type Kind, kindOf } from "../settings/kinds.js";
import { isTracing } from "./open-span.js";

const TRACEPARENT = "traceparent";
const FORM = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const CALLER = "withTracingContextFromHeaders()";

/** The headers of a request: `Headers` of fetch, the headers of Node's `http`, or any object of them. */
export type RequestHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null | undefined };

const requestHeaders: Kind<RequestHeaders> = kindOf(
  "the headers of a request, as an object or as Headers",
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const callback = kindOf<() => unknown>("a function", (value) => typeof value === "function");

/**
 * Returns the headers to add to a request, so that the other process can add its spans to the trace of the current code, with
 * {@link withTracingContextFromHeaders}. The only header is W3C's `traceparent`. Where the trace is not recorded, the header
 * says so, and the other process records nothing either. Outside of a trace, logs a warning and returns no header. Mirrors
 * `mlflow.tracing.get_tracing_context_headers_for_http_request`.
 *
 * @example
 * await fetch(url, { headers: { ...getTracingContextHeadersForHttpRequest() } });
 */
export function getTracingContextHeadersForHttpRequest(): Record<string, string> {
  return guard("headers of a request", readHeaders)() ?? {};
}

function readHeaders(): Record<string, string> {
  const { byHand } = getPipeline().recording.collector;
  const span = byHand.active();
  if (span) {
    span.call.isShared = true;
    return { [TRACEPARENT]: `00-${span.call.traceId.slice("tr-".length)}-${span.spanId}-01` };
  }
  if (byHand.isExcluded()) {
    return {
      [TRACEPARENT]: `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`,
    };
  }
  if (isTracing()) {
    warnOnce(
      "headers without a trace",
      "getTracingContextHeadersForHttpRequest() returns no header outside of a trace. Call it in a function that is passed to withSpan() or trace(), or that LangChain calls.",
    );
  }
  return {};
}

/**
 * Calls a function. Traces that start in it are parts of the trace of the process that sent the request: their roots are below
 * the span in which that process has called {@link getTracingContextHeadersForHttpRequest}. Returns what the function returns.
 * A `traceparent` that is invalid is ignored with a warning.
 *
 * Call it only for requests of services that record with MLflow too. Other clients, such as browsers and programs that use
 * OpenTelemetry, send `traceparent` as well: their root is never sent to MLflow, so the trace stays `IN_PROGRESS`. Mirrors
 * `mlflow.tracing.set_tracing_context_from_http_request_headers`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without the header `traceparent`, and for an invalid argument. Errors of the
 * function are thrown unchanged.
 * @example
 * // A route that only the app's own services reach.
 * internal.post("/answer", (request, response) => {
 *   const answer = async () => response.json(await chain.invoke(request.body));
 *   if (!request.headers.traceparent) return answer();
 *   return withTracingContextFromHeaders(request.headers, answer);
 * });
 */
export function withTracingContextFromHeaders<T>(headers: RequestHeaders, fn: () => T): T {
  checkArgument(CALLER, "headers", requestHeaders, headers);
  checkArgument(CALLER, "fn", callback, fn);
  const header = headerOf(headers);
  if (header === undefined) {
    throw invalidParameter(
      `${CALLER} needs the header \`traceparent\`, which the headers do not have. The client adds it with getTracingContextHeadersForHttpRequest(). Without it, call the function directly.`,
    );
  }
  const [, digits, spanId, flags] = FORM.exec(header.trim().toLowerCase()) ?? [];
  if (!isTraceId(digits) || !isSpanId(spanId)) {
    warnOnce(
      "invalid traceparent",
      `${CALLER} ignores a header \`traceparent\` that is not in the form of W3C. The function is called, and starts a trace of its own.`,
    );
    return fn();
  }
  const isSampled = Number.parseInt(flags ?? "", 16) % 2 === 1;
  return isSampled ? callBelow({ traceId: `tr-${digits}`, spanId }, fn) : callExcluded(fn);
}

/**
 * The same as {@link withTracingContextFromHeaders}: a name of MLflow's TypeScript SDK.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without the header `traceparent`, and for an invalid argument.
 * @example
 * await withTracingContextFromHeadersAsync(request.headers, async () => chain.invoke(input));
 */
export function withTracingContextFromHeadersAsync<T>(headers: RequestHeaders, fn: () => T): T {
  return withTracingContextFromHeaders(headers, fn);
}

function callBelow<T>(remoteParent: RemoteParent, fn: () => T): T {
  // The request may come from this process.
  const scope = attempt(() => getPipeline().recording.collector.byHand.scopeBelow(remoteParent));
  if (scope) return runInScope(scope, fn);
  const init = { tags: {}, metadata: {}, isEnabled: undefined, remoteParent };
  return runInTracingContext(init, () => runInScope(undefined, fn));
}

function callExcluded<T>(fn: () => T): T {
  return runInTracingContext({ tags: {}, metadata: {}, isEnabled: false }, fn);
}

/** Node.js has the names of headers in lower case, other programs do not. */
function headerOf(headers: RequestHeaders): string | undefined {
  const value = attempt(() => {
    if (typeof headers.get === "function") return headers.get(TRACEPARENT);
    const name = Object.keys(headers).find((one) => one.toLowerCase() === TRACEPARENT);
    return name === undefined ? undefined : Reflect.get(headers, name);
  });
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}
