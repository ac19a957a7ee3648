import { guard } from "../../base/log.js";
import { isPlainObject, type Plain } from "../../data/plain.js";
import type { Snapshot } from "../../data/snapshot.js";
import type { OpenSpan, Scope } from "../../recording/call.js";
import type { Collector } from "../../recording/collector.js";
import type { Pause } from "../../recording/outcome.js";
import type { ValuePolicy } from "../../recording/value-policy.js";
import { nowMs } from "../../trace/clock.js";
import type { DescribeError } from "../../trace/exception.js";
import type { SpanType } from "../../trace/span.js";
import type { StartEvent } from "./callbacks.js";
import { classNameOf } from "./class-name.js";
import type { Live } from "./read.js";
import { isTracingDisabled } from "./root-call.js";
import { describeCaller, describeThread } from "./session.js";
import { addTokenEvent } from "./token-events.js";
import { isEmptyObject } from "./values.js";

export interface RecorderEffects {
  readonly collector: Collector;
  readonly here: () => Scope | undefined;
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  readonly logsTokenEvents: () => boolean;
  /** Returns the Runnable whose `toJSON()` returned this object. */
  readonly instanceOf: (serialized: unknown) => object | undefined;
  /** The run around a call whose config names no parent. */
  readonly enclosingRunId?: () => string | undefined;
  /** Called for every recorded run, including runs that another handler of ours recorded first. */
  readonly onStart?: (span: OpenSpan, event: StartEvent) => void;
  /** Called for every run that returned an output, before its span ends. */
  readonly onEnd?: (span: OpenSpan) => void;
}

const INCOMPLETE = { isIncomplete: true } as const;
const ESSENTIAL = { isEssential: true } as const;

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
    const { value: input, metadata } = event;
    const isExcluded = isTracingDisabled(metadata);
    const init = { name, spanType, classPath, self, hidden, policy, input, metadata, isExcluded };
    const scope = here();
    // A span by hand is the scope of calls that LangChain keeps the context of.
    const isExact = scope !== undefined && scope.method !== "span";
    const parentRunId = event.parentRunId ?? (isExact ? undefined : this.#enclosingRunId());
    const span = collector.startSpan(event.runId, init, parentRunId, scope);
    if (!span) return undefined;
    onStart?.(span, event);
    if (!isEmpty(event.metadata)) this.#recordMetadata(span, event.metadata);
    return span;
  }

  /** Undefined if no handler of ours records the run. */
  #enclosingRunId(): string | undefined {
    const runId = this.#effects.enclosingRunId?.();
    return runId !== undefined && this.#effects.collector.knows(runId) ? runId : undefined;
  }

  #recordMetadata(span: OpenSpan, live: unknown): void {
    const metadata = this.plain(span, live);
    if (!isEmptyObject(metadata)) span.setAttribute("metadata", metadata as Plain);
    if (span.parent) describeThread(span.call, live);
    else describeCaller(span.call, live);
  }

  plain(span: OpenSpan, value: unknown): Plain | undefined {
    return this.#effects.snapshot(value, span.call);
  }

  /** Like `plain`, for the output of a span: the output of the root is kept even if the trace is full. */
  output(span: OpenSpan, value: unknown): Plain | undefined {
    return this.#effects.snapshot(value, span.call, span.parent ? undefined : ESSENTIAL);
  }

  /** `fill` returns the output of the run, unchanged. */
  end(runId: string, fill: (span: OpenSpan) => unknown): void {
    const span = this.#openSpan(runId);
    try {
      const output = span && fill(span);
      if (span?.parent && !span.scope) span.parent.setLastStepOutput(output);
      if (span) this.#effects.onEnd?.(span);
    } finally {
      // A getter of a foreign object may have thrown.
      this.#effects.collector.endSpan(runId, {});
    }
  }

  fail(runId: string, error: unknown, fill?: (span: OpenSpan) => void): void {
    const span = this.#openSpan(runId);
    const pause = readPause(error);
    if (pause) {
      const { interrupts, command } = pause;
      const keep = span?.policy?.outputs ?? ((value: unknown) => value);
      if (interrupts !== undefined) this.event(runId, "interrupt", { value: keep(interrupts) });
      if (span && command !== undefined) span.setOutputs(this.plain(span, keep(command)));
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
    span.addEvent(name, isPlainObject(attributes) ? attributes : {});
  }

  /**
   * Records the first token as an event, and the others if the app asks for them. All are counted, and their text is part
   * of the outputs.
   */
  token(runId: string, token: string): void {
    const span = this.#openSpan(runId);
    if (!span?.isFirstDelivery()) return;
    if (!span.streamed) {
      const timeMs = nowMs();
      span.addEvent("new_token", { token: this.#partialText(token) }, timeMs);
      span.setAttribute("langchain.first_token_ms", Number((timeMs - span.startMs).toFixed(3)));
    } else if (this.#effects.logsTokenEvents()) {
      addTokenEvent(span, token, (text) => this.#partialText(text));
    }
    span.addToken(token);
  }

  /** The text streamed so far. */
  streamedText(span: OpenSpan): string {
    return this.#partialText(span.streamed?.text ?? "");
  }

  /** Reads the beginning of a text. Its characters are counted when they arrive, not here. */
  #partialText(text: string): string {
    return this.#effects.snapshot(text, { characters: 0 }, INCOMPLETE) as string;
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

/** Reads what a graph throws to pause, or a node to send a command to the parent graph. Neither is a failure. */
export const readPause = guard("a thrown object", (thrown: unknown): Pause | undefined => {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const { is_bubble_up: isPause, interrupts, command } = thrown as Live;
  return isPause === true ? { interrupts, command } : undefined;
});

function isEmpty(metadata: unknown): boolean {
  for (const _ in metadata as object) return false;
  return true;
}
