import { isPlainObject, type Plain, toJson } from "../../data/plain.js";
import type { Snapshot } from "../../data/snapshot.js";
import { StreamedText } from "../../data/streamed-text.js";
import type { OpenSpan, Scope } from "../../recording/call.js";
import type { Collector } from "../../recording/collector.js";
import type { ValuePolicy } from "../../recording/value-policy.js";
import { nowMs } from "../../trace/clock.js";
import type { DescribeError } from "../../trace/exception.js";
import type { SpanType } from "../../trace/span.js";
import type { Live } from "./read.js";
import { field, isEmptyObject } from "./values.js";

export interface RecorderEffects {
  readonly collector: Collector;
  readonly here: () => Scope | undefined;
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  /** The Runnable whose `toJSON()` gave this object. */
  readonly instanceOf: (serialized: unknown) => object | undefined;
  /** Hears of every run that is recorded, also of those that another handler recorded first. */
  readonly onStart?: (span: OpenSpan, event: RunStart) => void;
  /** Hears of every run that has given something, before it counts as ended. */
  readonly onEnd?: (span: OpenSpan) => void;
}

/** What every start event of LangChain has. */
export interface RunStart {
  readonly serialized: unknown;
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly tags: unknown;
  readonly metadata: unknown;
  readonly runName: unknown;
  /** What may be stored of its values. */
  readonly policy?: ValuePolicy | undefined;
}

/** LangGraph tags its own plumbing; LangSmith hides it, and so does MLflow. */
const HIDDEN_TAG = "langsmith:hidden";

/** What a LangChain event does to the span of its run, whatever kind of run it is. */
export class Recorder {
  readonly #effects: RecorderEffects;

  constructor(effects: RecorderEffects) {
    this.#effects = effects;
  }

  /** Undefined when the run is not recorded. */
  start(spanType: SpanType, fallbackName: string, event: RunStart): OpenSpan | undefined {
    const { collector, here, instanceOf, onStart } = this.#effects;
    const heard = collector.spanOfRun(event.runId);
    if (heard) {
      heard.addHandler();
      onStart?.(heard, event);
      return undefined;
    }
    const self = instanceOf(event.serialized);
    const hidden = Array.isArray(event.tags) && event.tags.includes(HIDDEN_TAG);
    const name = nameOfRun(event, self) ?? fallbackName;
    const init = { name, spanType, self, hidden, policy: event.policy };
    const span = collector.startSpan(event.runId, init, event.parentRunId, here());
    if (!span) return undefined;
    span.classPath = classPathOf(event.serialized);
    onStart?.(span, event);
    if (!isEmpty(event.metadata)) this.#takeMetadata(span, event.metadata);
    return span;
  }

  #takeMetadata(span: OpenSpan, live: unknown): void {
    const metadata = this.plain(span, live);
    if (!isEmptyObject(metadata)) span.attributes.metadata = metadata as Plain;
    const threadId = field(metadata, "thread_id");
    if (threadId === undefined) return;
    span.call.sessionId ??= typeof threadId === "string" ? threadId : toJson(threadId);
  }

  plain(span: OpenSpan, value: unknown): Plain | undefined {
    return this.#effects.snapshot(value, span.call);
  }

  /** `fill` returns what the run gave, as it was. */
  end(runId: string, fill: (span: OpenSpan) => unknown): void {
    const span = this.#openSpan(runId);
    const output = span && fill(span);
    if (span?.parent && !span.scope) span.parent.lastStepOutput = output;
    if (span) this.#effects.onEnd?.(span);
    this.#effects.collector.endSpan(runId, {});
  }

  fail(runId: string, error: unknown, fill?: (span: OpenSpan) => void): void {
    const span = this.#openSpan(runId);
    if (isBubbling(error)) {
      const { interrupts, command } = error;
      const keep = span?.policy?.outputs ?? ((value: unknown) => value);
      if (interrupts !== undefined) this.event(runId, "interrupt", { value: keep(interrupts) });
      if (span && command !== undefined) span.outputs = this.plain(span, keep(command));
      this.#effects.collector.endSpan(runId, {});
      return;
    }
    if (span) fill?.(span);
    this.#effects.collector.endSpan(runId, { error: this.#effects.describeError(error) });
  }

  event(runId: string, name: string, value: object): void {
    const span = this.#openSpan(runId);
    if (!span?.isFirstDelivery()) return;
    const attributes = this.plain(span, value);
    span.addEvent(name, isPlainObject(attributes) ? (attributes as Record<string, Plain>) : {});
  }

  /** The first token is an event with its time; of the others there is a count, and their text in the outputs. */
  token(runId: string, token: string): void {
    const span = this.#openSpan(runId);
    if (!span?.isFirstDelivery()) return;
    const isFirst = span.streamed === undefined;
    span.streamed ??= new StreamedText();
    if (isFirst) {
      const timeMs = nowMs();
      span.addEvent("new_token", { token: this.#begun(token) }, timeMs);
      span.attributes["langchain.first_token_ms"] = Number((timeMs - span.startMs).toFixed(3));
    }
    span.call.characters += span.streamed.add(token);
    if (!span.scope) span.lastEventMs = nowMs();
  }

  /** The text that was streamed so far. */
  streamedText(span: OpenSpan): string {
    return this.#begun(span.streamed?.text ?? "");
  }

  /** A text whose rest is not there yet, as it is kept. It is counted as it comes. */
  #begun(text: string): string {
    return this.#effects.snapshot(text, { characters: 0 }, true) as string;
  }

  #openSpan(runId: string): OpenSpan | undefined {
    const span = this.#effects.collector.spanOfRun(runId);
    return span?.isOpen ? span : undefined;
  }
}

/** The name the run was given, else the object's own, else its class. */
function nameOfRun(event: RunStart, self: object | undefined): string | undefined {
  const serialized = event.serialized as Live | undefined;
  const id = classPathOf(serialized).at(-1);
  const names = [event.runName, serialized?.name, (self as Live | undefined)?.name, id];
  return names.find((name): name is string => typeof name === "string" && name !== "");
}

function classPathOf(serialized: unknown): readonly unknown[] {
  const id = (serialized as Live | undefined)?.id;
  return Array.isArray(id) ? id : [];
}

/** LangGraph pauses for a person, and sends commands to a parent graph, by throwing: that is no error. */
export function isBubbling(error: unknown): error is Live {
  return typeof error === "object" && error !== null && (error as Live).is_bubble_up === true;
}

/** Of most runs the metadata is `{}`. */
function isEmpty(metadata: unknown): boolean {
  for (const _ in metadata as object) return false;
  return true;
}
