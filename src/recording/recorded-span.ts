import { type Plain, type PlainObject, setField } from "../data/plain.js";
import type { StreamedText } from "../data/streamed-text.js";
import { nowMs } from "../trace/clock.js";
import { newSpanId } from "../trace/ids.js";
import { type SpanLink, SpanStatusCode, type SpanType } from "../trace/span.js";
import type { ValuePolicy } from "./value-policy.js";

/** How a span ended; stored in the attribute `langchain.end`. */
export type SpanEnding =
  | "complete"
  | "error"
  | "cancelled"
  | "abandoned"
  | "aborted"
  | "process_exit";

export interface RecordedEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: PlainObject;
}

export interface SpanStart {
  readonly name: string;
  readonly spanType: SpanType;
  /** Default: now. */
  readonly startMs?: number;
  /** The same time, if the app has set it: milliseconds are less exact. */
  readonly startNs?: bigint;
  /** Undefined for a Runnable that made no run. */
  readonly runId?: string | undefined;
  /** The module path and the class name of the Runnable, as LangChain serializes them. */
  readonly classPath?: readonly unknown[] | undefined;
  /** LangChain named the parent: no span is inserted between the two. */
  readonly isNamed?: boolean;
  /** The app starts and ends it. */
  readonly isByHand?: boolean;
  /** Which of its values may be stored. */
  readonly policy?: ValuePolicy | undefined;
}

export interface SpanInit extends Pick<SpanStart, "name" | "spanType" | "classPath" | "policy"> {
  /** The Runnable of the run, if known. */
  readonly self?: object | undefined;
  /** An internal run of LangGraph: it gets no span, and its children become children of its parent. */
  readonly hidden?: boolean;
  /** The input and the metadata of the run, as LangChain passes them to handlers. */
  readonly input?: unknown;
  readonly metadata?: unknown;
  /** The app excludes this run, and the runs below it, from traces. */
  readonly isExcluded?: boolean;
}

/** Replaces the value of one attribute of a span, or of one of its events. */
export type ReplaceAttribute = (value: Plain, name: string, of: "span" | "event") => Plain;

const NO_CLASS: readonly unknown[] = [];

/**
 * The values, events and end of a span. `OpenSpan` adds its place in the trace. Other files see only that type, in which
 * every field is readonly.
 */
export class RecordedSpan {
  readonly spanId = newSpanId();
  readonly name: string;
  spanType: SpanType;
  readonly runId: string | undefined;
  readonly isNamed: boolean;
  readonly isByHand: boolean;
  readonly policy: ValuePolicy | undefined;
  readonly startMs: number;
  /** Times that the app has set, in nanoseconds. Milliseconds are less exact. */
  readonly startNs: bigint | undefined;
  endNs: bigint | undefined;
  readonly attributes: Readonly<Record<string, Plain>> = {};
  inputs: Plain | undefined;
  outputs: Plain | undefined;
  /** LangChain passed `{ output: value }` and `value` was stored. Only the scope knows whether that was right. */
  uncoercedOutput = false;
  /** The module path and the class name of the Runnable, as LangChain serializes them. */
  readonly classPath: readonly unknown[];
  /** The live output of the last child span that ended: for a chain, this is the output of the chain. */
  lastStepOutput: unknown;
  /** Time of the last event. For a run in a scope: its start time. */
  lastEventMs: number;
  events: RecordedEvent[] | undefined;
  links: readonly SpanLink[] | undefined;
  endMs: number | undefined;
  status: SpanStatusCode = SpanStatusCode.UNSET;
  statusMessage = "";
  /** Builds the outputs of a stream that was left early, from what its consumer received or from the streamed text. */
  partialOutputs: ((consumed: Plain | undefined) => Plain | undefined) | undefined;
  streamed: StreamedText | undefined;
  /** How many of our handlers receive the events of this run. Each event arrives once for each of them, in a row. */
  #handlerCount = 1;
  #deliveries = 0;

  constructor(start: SpanStart) {
    this.name = start.name;
    this.spanType = start.spanType;
    this.startMs = start.startMs ?? nowMs();
    this.startNs = start.startNs;
    this.runId = start.runId;
    this.classPath = start.classPath ?? NO_CLASS;
    this.isNamed = start.isNamed ?? false;
    this.isByHand = start.isByHand ?? false;
    this.policy = start.policy;
    this.lastEventMs = this.startMs;
  }

  get isOpen(): boolean {
    return this.endMs === undefined;
  }

  wasOpenAt(timeMs: number): boolean {
    return this.endMs === undefined || this.endMs >= timeMs;
  }

  /** One more of our handlers receives the events of this run. */
  addHandler(): void {
    this.#handlerCount += 1;
  }

  /** Counts a delivery of an event. Returns false if another of our handlers has received the same event. */
  isFirstDelivery(): boolean {
    this.#deliveries += 1;
    return (this.#deliveries - 1) % this.#handlerCount === 0;
  }

  setSpanType(spanType: SpanType): void {
    this.spanType = spanType;
  }

  setInputs(inputs: Plain | undefined): void {
    this.inputs = inputs;
  }

  /** `isUncoerced`: see `uncoercedOutput`. Default: as before. */
  setOutputs(outputs: Plain | undefined, isUncoerced = this.uncoercedOutput): void {
    this.outputs = outputs;
    this.uncoercedOutput = isUncoerced;
  }

  /** Sets the outputs of a span that has none. `consumed`: what the consumer of a stream received. */
  setMissingOutputs(consumed?: Plain): void {
    this.outputs ??= this.partialOutputs?.(consumed) ?? consumed;
  }

  setPartialOutputs(build: (consumed: Plain | undefined) => Plain | undefined): void {
    this.partialOutputs = build;
  }

  setLastStepOutput(output: unknown): void {
    this.lastStepOutput = output;
  }

  setAttribute(name: string, value: Plain): void {
    const attributes: Record<string, Plain> = this.attributes;
    if (name === "__proto__") setField(attributes, name, value);
    else attributes[name] = value;
  }

  /** Replaces the values of its attributes, and of those of its events. */
  replaceAttributes(replace: ReplaceAttribute): void {
    replaceEach(this.attributes, "span", replace);
    for (const { attributes } of this.events ?? []) replaceEach(attributes, "event", replace);
  }

  addEvent(name: string, attributes: PlainObject, timeMs = nowMs()): void {
    this.events ??= [];
    this.events.push({ name, timeMs, attributes });
  }

  removeEvents(name: string): void {
    this.events = this.events?.filter((event) => event.name !== name);
  }

  setLinks(links: readonly SpanLink[] | undefined): void {
    this.links = links;
  }

  setStatus(status: SpanStatusCode, message: string): void {
    this.status = status;
    this.statusMessage = message;
  }

  /** The exact time of its end. The span stays open. */
  setEndNs(endNs: bigint | undefined): void {
    this.endNs = endNs;
  }

  close(ending: SpanEnding, status: SpanStatusCode, message = "", atMs = nowMs()): void {
    this.endMs = atMs;
    this.status = status;
    this.statusMessage = message;
    this.lastStepOutput = undefined;
    this.setAttribute("langchain.end", ending);
  }
}

function replaceEach(
  attributes: Record<string, Plain | undefined>,
  of: "span" | "event",
  replace: ReplaceAttribute,
): void {
  for (const [name, value = null] of Object.entries(attributes)) {
    attributes[name] = replace(value, name, of);
  }
}
