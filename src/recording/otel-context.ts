import {
  activeOtelSpan,
  type OtelSpan,
  type OtelSpanContext,
  otelContextOf,
  withOtelSpan,
} from "../base/open-telemetry.js";
import { shared } from "../base/process-state.js";
import { attempt } from "../base/show.js";
import type { SpanLink } from "../trace/span.js";
import type { OpenSpan } from "./call.js";

/** The trace is recorded. */
const SAMPLED = 1;
const INVALID: OtelSpanContext = { traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 };

const ours = shared("otelSpans", () => new WeakSet<object>());

/** A link to the active span of OpenTelemetry, if the app uses that. */
export function linksToOtel(): SpanLink[] | undefined {
  const span = activeOtelSpan();
  const context = span && !ours.has(span) ? otelContextOf(span) : undefined;
  if (!context) return undefined;
  return [{ traceId: `tr-${context.traceId}`, spanId: context.spanId, attributes: {} }];
}

/** Calls `fn`. In it, the active span of OpenTelemetry has the ids of the span of this package that runs. */
export function withOurOtelSpan<T>(here: () => OpenSpan | undefined, fn: () => T): T {
  return withOtelSpan((outer) => {
    // It finds the span of an inner call itself.
    if (outer && ours.has(outer)) return undefined;
    const span = new SpanOfContext(here, outer);
    ours.add(span);
    return span;
  }, fn);
}

/**
 * What OpenTelemetry takes for the active span. The ids are those of the span that runs when they are read: a scope opens
 * before its span starts. What the app records in it goes to its own span around.
 */
class SpanOfContext implements OtelSpan {
  readonly #here: () => OpenSpan | undefined;
  readonly #outer: object | undefined;

  constructor(here: () => OpenSpan | undefined, outer: object | undefined) {
    this.#here = here;
    this.#outer = outer;
  }

  spanContext(): OtelSpanContext {
    const span = attempt(this.#here);
    if (!span) return otelContextOf(this.#outer) ?? INVALID;
    span.call.isShared = true;
    return {
      traceId: span.call.traceId.slice("tr-".length),
      spanId: span.spanId,
      traceFlags: SAMPLED,
    };
  }

  isRecording(): boolean {
    return this.#call("isRecording", []) === true;
  }

  end(): void {}

  setAttribute(...args: unknown[]): this {
    return this.#forward("setAttribute", args);
  }

  setAttributes(...args: unknown[]): this {
    return this.#forward("setAttributes", args);
  }

  addEvent(...args: unknown[]): this {
    return this.#forward("addEvent", args);
  }

  addLink(...args: unknown[]): this {
    return this.#forward("addLink", args);
  }

  addLinks(...args: unknown[]): this {
    return this.#forward("addLinks", args);
  }

  setStatus(...args: unknown[]): this {
    return this.#forward("setStatus", args);
  }

  updateName(...args: unknown[]): this {
    return this.#forward("updateName", args);
  }

  recordException(...args: unknown[]): void {
    this.#call("recordException", args);
  }

  #forward(method: string, args: readonly unknown[]): this {
    this.#call(method, args);
    return this;
  }

  #call(method: string, args: readonly unknown[]): unknown {
    const outer = this.#outer as Readonly<Record<string, unknown>> | undefined;
    const own = outer?.[method];
    return typeof own === "function" ? own.apply(outer, args) : undefined;
  }
}
