import { guard } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { isPlainObject, type Plain, setField } from "../data/plain.js";
import type { OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import { isChangeable } from "../recording/span-hooks.js";
import { nowMs, toNanoseconds } from "../trace/clock.js";
import {
  SpanAttributeKey,
  type SpanEvent,
  SpanLogLevel,
  type SpanStatus,
  SpanStatusCode,
  SpanType,
  spanStatus,
} from "../trace/span.js";
import { toMilliseconds, toTimeNs } from "./span-times.js";
import {
  type EndOptions,
  type EventInput,
  readLogLevel,
  readStatus,
  type StatusInput,
} from "./span-values.js";

/** The trace id of a span that is not recorded. */
const NO_OP_TRACE_ID = "no-op-span-trace-id";

/**
 * A span that is being recorded. Its methods never throw, and change nothing once the span has ended. A span that is not
 * recorded, because tracing is off or the trace is not sampled, has the same methods, which do nothing. Values are copied
 * when they are set: later changes of an object have no effect. Mirrors `LiveSpan` of MLflow.
 */
export class LiveSpan {
  readonly #span: OpenSpan | undefined;

  private constructor(span: OpenSpan | undefined) {
    this.#span = span;
  }

  /** @internal */
  static of(span: OpenSpan | undefined): LiveSpan {
    return new LiveSpan(span);
  }

  /** `tr-` and 32 hexadecimal digits. `no-op-span-trace-id` if the span is not recorded. */
  get traceId(): string {
    return this.#span?.call.traceId ?? NO_OP_TRACE_ID;
  }

  /** 16 hexadecimal digits, or an empty text if the span is not recorded. */
  get spanId(): string {
    return this.#span?.spanId ?? "";
  }

  /** The id of the parent span. Null for the root. */
  get parentId(): string | null {
    return this.#span?.parent?.spanId ?? null;
  }

  get name(): string {
    return this.#span?.name ?? "";
  }

  get spanType(): SpanType {
    return this.#span?.spanType ?? SpanType.UNKNOWN;
  }

  /** The recorded copy. */
  get inputs(): Plain | undefined {
    return this.#span?.inputs;
  }

  /** The recorded copy. */
  get outputs(): Plain | undefined {
    return this.#span?.outputs;
  }

  get status(): SpanStatus {
    return spanStatus(this.#span?.status ?? SpanStatusCode.UNSET, this.#span?.statusMessage);
  }

  /** Nanoseconds since the epoch. Zero if the span is not recorded. */
  get startTimeNs(): bigint {
    const span = this.#span;
    return span ? (span.startNs ?? toNanoseconds(span.startMs)) : 0n;
  }

  /** Nanoseconds since the epoch. Null while the span is open. */
  get endTimeNs(): bigint | null {
    const { endMs, endNs } = this.#span ?? {};
    return endMs === undefined ? null : (endNs ?? toNanoseconds(endMs));
  }

  /** Null if the app has not set it. */
  get logLevel(): SpanLogLevel | null {
    return (this.getAttribute(SpanAttributeKey.LOG_LEVEL) as SpanLogLevel | undefined) ?? null;
  }

  /** A copy of all attributes. */
  get attributes(): Record<string, Plain> {
    return { ...this.#span?.attributes };
  }

  get events(): readonly SpanEvent[] {
    const events = this.#span?.events ?? [];
    return events.map(({ name, timeMs, attributes }) => ({
      ...{ name, attributes },
      timestampNs: toNanoseconds(timeMs),
    }));
  }

  /** Returns undefined if the span does not have the attribute. */
  getAttribute(key: string): Plain | undefined {
    const { attributes } = this.#span ?? {};
    if (key === SpanAttributeKey.INPUTS) return this.inputs;
    if (key === SpanAttributeKey.OUTPUTS) return this.outputs;
    if (key === SpanAttributeKey.SPAN_TYPE) return this.spanType;
    return attributes && Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  }

  /** Sets the inputs: any value, which is recorded as plain data. */
  setInputs(inputs: unknown): void {
    this.#change((span) => {
      span.inputs = copy(span, inputs);
    });
  }

  /** Sets the outputs: any value, which is recorded as plain data. */
  setOutputs(outputs: unknown): void {
    this.#change((span) => {
      span.outputs = copy(span, outputs);
    });
  }

  /** Sets an attribute. A key of MLflow, for example `mlflow.spanInputs`, sets that field of the span. */
  setAttribute(key: string, value: unknown): void {
    if (key === SpanAttributeKey.INPUTS) this.setInputs(value);
    else if (key === SpanAttributeKey.OUTPUTS) this.setOutputs(value);
    else if (key === SpanAttributeKey.SPAN_TYPE) this.setSpanType(value as SpanType);
    else {
      this.#change((span) => {
        const plain = copy(span, value);
        if (plain !== undefined) setField(span.attributes, String(key), plain);
      });
    }
  }

  setAttributes(attributes: Readonly<Record<string, unknown>>): void {
    const entries = guard("attributes", () => Object.entries(attributes ?? {}))() ?? [];
    for (const [key, value] of entries) this.setAttribute(key, value);
  }

  /** Sets the type: one of {@link SpanType}, or any text. */
  setSpanType(spanType: SpanType): void {
    this.#change((span) => {
      span.spanType = String(spanType);
    });
  }

  /** Sets the level: one of `SpanLogLevel`, or its name. Another value is ignored. */
  setLogLevel(level: SpanLogLevel | string): void {
    const known = readLogLevel(level);
    if (known !== undefined) this.setAttribute(SpanAttributeKey.LOG_LEVEL, known);
  }

  addEvent(event: EventInput): void {
    this.#change((span) => {
      const { name, attributes, timestampNs, timestamp } = event;
      const at = toTimeNs(timestampNs ?? timestamp);
      const plain = copy(span, attributes ?? {});
      const fields = isPlainObject(plain) ? (plain as Record<string, Plain>) : {};
      span.addEvent(String(name), fields, at === undefined ? nowMs() : toMilliseconds(at));
      if (name === "exception") this.#raiseLogLevel();
    });
  }

  /** Adds an `exception` event with the message, the type and the stack of an error. Does not change the status. */
  recordException(error: unknown): void {
    this.#change((span) => {
      span.addEvent("exception", getPipeline().describeError(error).event);
      this.#raiseLogLevel();
    });
  }

  #raiseLogLevel(): void {
    if ((this.logLevel ?? 0) < SpanLogLevel.ERROR) this.setLogLevel(SpanLogLevel.ERROR);
  }

  /** Sets the status: `"OK"`, `"ERROR"` or `"UNSET"`, with a description, or an object with both. */
  setStatus(status: StatusInput, description?: string): void {
    this.#change((span) => {
      const { code, message } = readStatus(status, description);
      span.status = code;
      span.statusMessage = message;
    });
  }

  /**
   * Ends the span. Its status is OK unless it was set to ERROR. Only the first call counts. A span that this package
   * started for a call of LangChain ends with that call, and ignores this one.
   */
  end(options: EndOptions = {}): void {
    const span = this.#span;
    if (!span?.isOpen || !span.isByHand) return;
    guard("the end of a span", () => {
      const { outputs, attributes, status, endTimeNs } = options;
      if (outputs !== undefined && outputs !== null) this.setOutputs(outputs);
      if (attributes) this.setAttributes(attributes);
      if (status !== undefined && status !== null) this.setStatus(status);
      span.endNs = toTimeNs(endTimeNs);
    })();
    const atMs = span.endNs === undefined ? undefined : toMilliseconds(span.endNs);
    guard("the end of a span", () => getPipeline().recording.collector.byHand.end(span, atMs))();
  }

  #change(change: (span: OpenSpan) => void): void {
    const span = this.#span;
    if (span && isChangeable(span)) guard("a span", change)(span);
  }
}

function copy(span: OpenSpan, value: unknown): Plain | undefined {
  return getPipeline().recording.snapshot(value, span.call);
}

/** Shared by all copies of this package, whose classes are different ones. */
const spans = shared("liveSpans", () => ({
  live: new WeakMap<OpenSpan, LiveSpan>(),
  open: new WeakMap<LiveSpan, { readonly span: OpenSpan | undefined }>(),
}));

/** Returns the same object for the same span. */
export function liveSpanOf(span: OpenSpan | undefined): LiveSpan {
  const known = span && spans.live.get(span);
  if (known) return known;
  const live = LiveSpan.of(span);
  if (span) spans.live.set(span, live);
  spans.open.set(live, { span });
  return live;
}

/** Undefined for a span that is not recorded. */
export function openSpanOf(live: LiveSpan): OpenSpan | undefined {
  return spans.open.get(live)?.span;
}

export function isLiveSpan(value: unknown): value is LiveSpan {
  return typeof value === "object" && value !== null && spans.open.has(value as LiveSpan);
}
