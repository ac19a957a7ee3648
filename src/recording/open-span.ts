import type { Plain } from "../data/plain.js";
import type { StreamedText } from "../data/streamed-text.js";
import { nowMs } from "../trace/clock.js";
import { newSpanId } from "../trace/ids.js";
import { SpanStatusCode, type SpanType } from "../trace/span.js";
import type { Call } from "./call.js";
import type { Scope } from "./scope.js";
import type { ValuePolicy } from "./value-policy.js";

/** How a span ended; written into the span as `langchain.end`. */
export type SpanEnding =
  | "complete"
  | "error"
  | "cancelled"
  | "abandoned"
  | "aborted"
  | "process_exit";

export interface OpenSpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Record<string, Plain>;
}

export interface SpanInit {
  readonly name: string;
  readonly spanType: SpanType;
  /** The Runnable whose run this is, where it is known. */
  readonly self?: object | undefined;
  /** Inner plumbing of LangGraph: gets no span, its children hang under its parent. */
  readonly hidden?: boolean;
  readonly policy?: ValuePolicy | undefined;
}

/** A span that is being recorded. Its fields are written by the collector alone. */
export class OpenSpan {
  readonly spanId = newSpanId();
  readonly call: Call;
  readonly runId: string | undefined;
  readonly name: string;
  readonly spanType: SpanType;
  readonly startMs: number;
  readonly attributes: Record<string, Plain> = {};
  parent: OpenSpan | undefined;
  /** LangChain itself named the parent: nothing is put between the two. */
  isNamed = false;
  /** The scope it started in; let go when the Call is sealed. */
  scope: Scope | undefined;
  /** What may be stored of its values. */
  policy: ValuePolicy | undefined;
  inputs: Plain | undefined;
  outputs: Plain | undefined;
  /** LangChain showed `{ output: value }` and the value was taken: whether rightly, only the scope knows. */
  uncoercedOutput = false;
  /** The name of its Runnable's class, and before it its place among LangChain's modules, as far as they were told. */
  classPath: readonly unknown[] = [];
  /** What the last of its steps gave, as it was: of a chain's steps this is what the chain gives. */
  lastStepOutput: unknown;
  /** How many of our handlers hear of its run: each event comes so many times, one right after the other. */
  hearers = 1;
  #heard = 0;
  /** When it was last heard of; of a run in a scope only its start. */
  heardAtMs: number;
  events: OpenSpanEvent[] | undefined;
  endMs: number | undefined;
  status: SpanStatusCode = SpanStatusCode.UNSET;
  statusMessage = "";
  /** The output of a stream that is left early: what its consumer had got, where that is known, or what was streamed. */
  partialOutputs: ((consumed: Plain | undefined) => Plain | undefined) | undefined;
  streamed: StreamedText | undefined;

  constructor(call: Call, name: string, spanType: SpanType, runId?: string, startMs = nowMs()) {
    this.call = call;
    this.name = name;
    this.spanType = spanType;
    this.runId = runId;
    this.startMs = startMs;
    this.heardAtMs = startMs;
  }

  get isOpen(): boolean {
    return this.endMs === undefined;
  }

  /** Whether the event that comes now has not come before, to another of our handlers. */
  hearsFirst(): boolean {
    this.#heard += 1;
    return (this.#heard - 1) % this.hearers === 0;
  }

  addEvent(name: string, attributes: Record<string, Plain>, timeMs = nowMs()): void {
    this.events ??= [];
    this.events.push({ name, timeMs, attributes });
  }

  close(ending: SpanEnding, status: SpanStatusCode, message = "", atMs = nowMs()): void {
    this.endMs = atMs;
    this.status = status;
    this.statusMessage = message;
    this.lastStepOutput = undefined;
    this.attributes["langchain.end"] = ending;
  }

  /** Whether `ancestor` is this span or above it. */
  isWithin(ancestor: OpenSpan): boolean {
    for (let span: OpenSpan | undefined = this; span; span = span.parent) {
      if (span === ancestor) return true;
    }
    return false;
  }
}
