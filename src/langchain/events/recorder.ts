import { isPlainObject, type Plain, toJson } from "../../data/plain.js";
import type { Snapshot } from "../../data/snapshot.js";
import { StreamedText } from "../../data/streamed-text.js";
import type { OpenSpan, Scope } from "../../recording/call.js";
import type { Collector } from "../../recording/collector.js";
import type { ValuePolicy } from "../../recording/value-policy.js";
import { nowMs } from "../../trace/clock.js";
import type { DescribeError } from "../../trace/exception.js";
import type { SpanType } from "../../trace/span.js";
import type { StartEvent } from "./callbacks.js";
import { classNameOf } from "./class-name.js";
import type { Live } from "./read.js";
import { field, isEmptyObject } from "./values.js";

export interface RecorderEffects {
  readonly collector: Collector;
  readonly here: () => Scope | undefined;
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  /** Returns the Runnable whose `toJSON()` returned this object. */
  readonly instanceOf: (serialized: unknown) => object | undefined;
  /** Called for every recorded run, including runs that another handler of ours recorded first. */
  readonly onStart?: (span: OpenSpan, event: StartEvent) => void;
  /** Called for every run that returned an output, before its span ends. */
  readonly onEnd?: (span: OpenSpan) => void;
}

/** LangGraph's tag for internal runs. LangSmith and MLflow hide them. */
const HIDDEN_TAG = "langsmith:hidden";

/** Applies LangChain's events to the spans of their runs. */
export class Recorder {
  readonly #effects: RecorderEffects;

  constructor(effects: RecorderEffects) {
    this.#effects = effects;
  }

  /** Returns undefined if the run is not recorded, or is recorded already. */
  start(
    spanType: SpanType,
    fallbackName: string,
    event: StartEvent,
    policy?: ValuePolicy,
  ): OpenSpan | undefined {
    const { collector, here, instanceOf, onStart } = this.#effects;
    const known = collector.spanOfRun(event.runId);
    if (known) {
      known.addHandler();
      onStart?.(known, event);
      return undefined;
    }
    const self = instanceOf(event.serialized);
    const hidden = Array.isArray(event.tags) && event.tags.includes(HIDDEN_TAG);
    const classPath = classPathOf(event.serialized, self);
    const name = nameOfRun(event, self, classPath) ?? fallbackName;
    const init = { name, spanType, self, hidden, policy };
    const span = collector.startSpan(event.runId, init, event.parentRunId, here());
    if (!span) return undefined;
    span.classPath = classPath;
    onStart?.(span, event);
    if (!isEmpty(event.metadata)) this.#recordMetadata(span, event.metadata);
    return span;
  }

  #recordMetadata(span: OpenSpan, live: unknown): void {
    const metadata = this.plain(span, live);
    if (!isEmptyObject(metadata)) span.attributes.metadata = metadata as Plain;
    const threadId = field(metadata, "thread_id");
    if (threadId === undefined) return;
    span.call.sessionId ??= typeof threadId === "string" ? threadId : toJson(threadId);
  }

  plain(span: OpenSpan, value: unknown): Plain | undefined {
    return this.#effects.snapshot(value, span.call);
  }

  /** `fill` returns the output of the run, unchanged. */
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

  /** Records the first token as an event. The others are counted, and their text is part of the outputs. */
  token(runId: string, token: string): void {
    const span = this.#openSpan(runId);
    if (!span?.isFirstDelivery()) return;
    const isFirst = span.streamed === undefined;
    span.streamed ??= new StreamedText();
    if (isFirst) {
      const timeMs = nowMs();
      span.addEvent("new_token", { token: this.#partialText(token) }, timeMs);
      span.attributes["langchain.first_token_ms"] = Number((timeMs - span.startMs).toFixed(3));
    }
    span.call.characters += span.streamed.add(token);
    if (!span.scope) span.lastEventMs = nowMs();
  }

  /** The text streamed so far. */
  streamedText(span: OpenSpan): string {
    return this.#partialText(span.streamed?.text ?? "");
  }

  /** Reads the beginning of a text. Its characters are counted when they arrive, not here. */
  #partialText(text: string): string {
    return this.#effects.snapshot(text, { characters: 0 }, true) as string;
  }

  #openSpan(runId: string): OpenSpan | undefined {
    const span = this.#effects.collector.spanOfRun(runId);
    return span?.isOpen ? span : undefined;
  }
}

/** The run's name, else the object's name, else its class. */
function nameOfRun(
  event: StartEvent,
  self: object | undefined,
  classPath: readonly unknown[],
): string | undefined {
  const serialized = event.serialized as Live | undefined;
  const own = (self as Live | undefined)?.name;
  const names = [event.runName, serialized?.name, own, classPath.at(-1)];
  return names.find((name): name is string => typeof name === "string" && name !== "");
}

/** The namespace of the object's class, and the class's name. */
function classPathOf(serialized: unknown, self: object | undefined): readonly unknown[] {
  const id = (serialized as Live | undefined)?.id;
  if (!Array.isArray(id)) return [];
  return self ? [...id.slice(0, -1), classNameOf(self, id.at(-1))] : id;
}

/** Whether a graph throws this to pause, or to send a command to its parent graph: neither is an error. */
export function isBubbling(error: unknown): error is Live {
  return typeof error === "object" && error !== null && (error as Live).is_bubble_up === true;
}

function isEmpty(metadata: unknown): boolean {
  for (const _ in metadata as object) return false;
  return true;
}
