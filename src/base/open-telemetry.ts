import { attempt } from "./show.js";

/** The parts of OpenTelemetry's API that this package calls. It does not depend on that API. */
interface OtelContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OtelContext;
}

interface ContextManager {
  active(): OtelContext;
  with<T>(context: OtelContext, fn: () => T): T;
}

export interface OtelSpanContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly traceFlags?: number;
}

export interface OtelSpan {
  spanContext(): OtelSpanContext;
}

type HasContext = Partial<OtelSpan>;

// All copies of version 1 of @opentelemetry/api share what is registered here, and these keys of a context.
const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const SUPPRESSED = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** The active span of OpenTelemetry: undefined if the app does not use it, or no span is active. */
export function activeOtelSpan(): object | undefined {
  return attempt(() => spanIn(manager()?.active()));
}

/** The ids of a span of OpenTelemetry. Undefined if they are missing or invalid. */
export function otelContextOf(foreign: object | undefined): OtelSpanContext | undefined {
  const context = attempt(() => (foreign as HasContext | undefined)?.spanContext?.());
  return isTraceId(context?.traceId) && isSpanId(context?.spanId) ? context : undefined;
}

/** Calls `fn`. `create` receives the active span, and returns the span that is active in `fn`. Undefined: the same one. */
export function withOtelSpan<T>(
  create: (outer: object | undefined) => OtelSpan | undefined,
  fn: () => T,
): T {
  return inContext((context) => {
    const span = create(spanIn(context));
    return span && context.setValue(SPAN, span);
  }, fn);
}

/** Calls `fn`. OpenTelemetry makes no spans for requests in it. */
export function withoutOtelSpans<T>(fn: () => T): T {
  return inContext((context) => context.setValue(SUPPRESSED, true), fn);
}

export function isTraceId(text: unknown): text is string {
  return typeof text === "string" && /^(?!0+$)[0-9a-f]{32}$/.test(text);
}

export function isSpanId(text: unknown): text is string {
  return typeof text === "string" && /^(?!0+$)[0-9a-f]{16}$/.test(text);
}

function manager(): ContextManager | undefined {
  const registry = globalThis as { readonly [API]?: { readonly context?: ContextManager } };
  return registry[API]?.context;
}

function spanIn(context: OtelContext | undefined): object | undefined {
  const span = context?.getValue(SPAN);
  return typeof span === "object" && span !== null ? span : undefined;
}

function inContext<T>(change: (context: OtelContext) => OtelContext | undefined, fn: () => T): T {
  const contexts = manager();
  const changed = contexts && attempt(() => change(contexts.active()));
  return contexts && changed ? contexts.with(changed, fn) : fn();
}
