import { guard } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { isPlainObject, ownField, type Plain } from "../data/plain.js";
import type { OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import { isChangeable } from "../recording/span-hooks.js";
import { nowMs, toNanoseconds } from "../trace/clock.js";
import {
  SpanAttributeKey,
  type SpanEvent,
  type SpanLink,
  SpanLogLevel,
  type SpanStatus,
  SpanStatusCode,
  SpanType,
  spanStatus,
} from "../trace/span.js";
import { copy, copyField } from "./copy-value.js";
import type { LiveSpan } from "./live-span.js";
import { toMilliseconds, toTimeNs } from "./span-times.js";
import {
  type EndOptions,
  type EventInput,
  type LinkInput,
  readLink,
  readLogLevel,
  readStatus,
  type StatusInput,
} from "./span-values.js";
import { warnOfEndOptions, warnOfIgnored } from "./warn-of-ignored.js";

/** The trace id of a span that is not recorded. */
const NO_OP_TRACE_ID = "no-op-span-trace-id";

/** The span that the app receives. Never throws. */
class SpanHandle implements LiveSpan {
  readonly #span: OpenSpan | undefined;

  constructor(span: OpenSpan | undefined) {
    this.#span = span;
  }

  get traceId(): string {
    return this.#span?.call.traceId ?? NO_OP_TRACE_ID;
  }

  get spanId(): string {
    return this.#span?.spanId ?? "";
  }

  get parentId(): string | null {
    return this.#span?.parentId ?? null;
  }

  get name(): string {
    return this.#span?.name ?? "";
  }

  get spanType(): SpanType {
    return this.#span?.spanType ?? SpanType.UNKNOWN;
  }

  get inputs(): Plain | undefined {
    return this.#span?.inputs;
  }

  get outputs(): Plain | undefined {
    return this.#span?.outputs;
  }

  get status(): SpanStatus {
    return spanStatus(this.#span?.status ?? SpanStatusCode.UNSET, this.#span?.statusMessage);
  }

  get startTimeNs(): bigint {
    const span = this.#span;
    return span ? (span.startNs ?? toNanoseconds(span.startMs)) : 0n;
  }

  get endTimeNs(): bigint | null {
    const { endMs, endNs } = this.#span ?? {};
    return endMs === undefined ? null : (endNs ?? toNanoseconds(endMs));
  }

  get logLevel(): SpanLogLevel | null {
    return (this.getAttribute(SpanAttributeKey.LOG_LEVEL) as SpanLogLevel | undefined) ?? null;
  }

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

  get links(): readonly SpanLink[] {
    return this.#span?.allLinks ?? [];
  }

  getAttribute(key: string): Plain | undefined {
    const { attributes } = this.#span ?? {};
    if (key === SpanAttributeKey.INPUTS) return this.inputs;
    if (key === SpanAttributeKey.OUTPUTS) return this.outputs;
    if (key === SpanAttributeKey.SPAN_TYPE) return this.spanType;
    return attributes && ownField(attributes, key);
  }

  setInputs(inputs: unknown): void {
    this.#change((span) => {
      span.setInputs(copy(span, inputs));
    });
  }

  setOutputs(outputs: unknown): void {
    this.#change((span) => {
      span.setOutputs(copy(span, outputs));
    });
  }

  setAttribute(key: string, value: unknown): void {
    if (key === SpanAttributeKey.INPUTS) this.setInputs(value);
    else if (key === SpanAttributeKey.OUTPUTS) this.setOutputs(value);
    else if (key === SpanAttributeKey.SPAN_TYPE) this.setSpanType(value as SpanType);
    else {
      this.#change((span) => {
        const plain = copyField(span, String(key), value);
        if (plain !== undefined) span.setAttribute(String(key), plain);
      });
    }
  }

  setAttributes(attributes: Readonly<Record<string, unknown>>): void {
    const entries = guard("attributes", () => Object.entries(attributes ?? {}))() ?? [];
    for (const [key, value] of entries) this.setAttribute(key, value);
  }

  setSpanType(spanType: SpanType): void {
    this.#change((span) => {
      span.setSpanType(String(spanType));
    });
  }

  setLogLevel(level: SpanLogLevel | string): void {
    const known = readLogLevel(level);
    if (known !== undefined) this.setAttribute(SpanAttributeKey.LOG_LEVEL, known);
    else warnOfIgnored("setLogLevel()", "takes a level of SpanLogLevel or its name", level);
  }

  addEvent(event: EventInput): void {
    this.#change((span) => {
      const { name, attributes, timestampNs, timestamp } = event;
      if (typeof name !== "string") {
        return warnOfIgnored(
          "addEvent()",
          'takes an object with a name, such as { name: "cache miss" }',
          event,
        );
      }
      const at = toTimeNs(timestampNs ?? timestamp);
      const plain = copy(span, attributes ?? {});
      const fields = isPlainObject(plain) ? plain : {};
      span.addEvent(name, fields, at === undefined ? nowMs() : toMilliseconds(at));
      if (name === "exception") this.#raiseLogLevel();
    });
  }

  addLink(link: LinkInput): void {
    this.#change((span) => {
      const ids = readLink(link);
      if (!ids)
        return warnOfIgnored("addLink()", "takes the traceId and the spanId of a span", link);
      const plain = copy(span, link.attributes ?? {});
      const attributes = isPlainObject(plain) ? plain : {};
      span.setLinks([...(span.links ?? []), { ...ids, attributes }]);
    });
  }

  recordException(error: unknown): void {
    this.#change((span) => {
      span.addEvent("exception", getPipeline().describeError(error).event);
      this.#raiseLogLevel();
    });
  }

  #raiseLogLevel(): void {
    if ((this.logLevel ?? 0) < SpanLogLevel.ERROR) this.setLogLevel(SpanLogLevel.ERROR);
  }

  setStatus(status: StatusInput, description?: string): void {
    this.#change((span) => {
      const { code, message, isKnown } = readStatus(status, description);
      if (!isKnown) warnOfIgnored("setStatus()", 'takes "OK", "ERROR" or "UNSET"', status);
      span.setStatus(code, message);
    });
  }

  end(options: EndOptions = {}): void {
    const span = this.#span;
    // A span of a LangChain call ends with that call.
    if (!span?.isOpen || !span.isByHand) return;
    guard("the end of a span", () => {
      warnOfEndOptions(options);
      const { outputs, attributes, status, endTimeNs } = options;
      if (outputs !== undefined && outputs !== null) this.setOutputs(outputs);
      if (attributes) this.setAttributes(attributes);
      if (status !== undefined && status !== null) this.setStatus(status);
      span.setEndNs(toTimeNs(endTimeNs));
    })();
    const atMs = span.endNs === undefined ? undefined : toMilliseconds(span.endNs);
    guard("the end of a span", () => getPipeline().recording.collector.byHand.end(span, atMs))();
  }

  #change(change: (span: OpenSpan) => void): void {
    const span = this.#span;
    if (span && isChangeable(span)) guard("a span", change)(span);
  }
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
  const live = new SpanHandle(span);
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
