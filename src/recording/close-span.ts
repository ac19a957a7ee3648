import type { Plain } from "../data/plain.js";
import type { Snapshot } from "../data/snapshot.js";
import type { DescribeError } from "../trace/exception.js";
import { SpanStatusCode } from "../trace/span.js";
import type { OpenSpan } from "./call.js";
import type { Outcome, Pause, Streamed } from "./outcome.js";
import type { OwnSpanInit } from "./own-span.js";
import type { SpanEnding } from "./recorded-span.js";
import { OMITTED_BESIDE_POLICY } from "./value-policy.js";

/** A call of a Runnable that made no run. */
export interface OwnCall {
  readonly self: object;
  readonly config: unknown;
  readonly input: unknown;
  readonly output: unknown;
  /** The call did not complete: the output is what had arrived. */
  readonly isPartial: boolean;
}

export interface SettleEffects {
  /** Copies a live value that only a scope has. */
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  /** Describes a Runnable that made no run. */
  readonly describe: (self: object, config?: unknown) => OwnSpanInit;
  /** Records in the span of a Runnable that made no run what its run would have recorded. */
  readonly describeOwnSpan: (
    span: OpenSpan,
    call: OwnCall,
    copy: (value: unknown) => Plain | undefined,
  ) => void;
  /** Reads a thrown object that is no failure. */
  readonly readPause: (thrown: unknown) => Pause | undefined;
}

const ENDINGS: Record<Outcome["kind"], SpanEnding> = {
  returned: "complete",
  thrown: "error",
  cancelled: "cancelled",
  abandoned: "abandoned",
  aborted: "aborted",
  timed_out: "aborted",
  process_exit: "process_exit",
};
const EXIT_MESSAGE = "The process ended before this did.";

export function closeOpen(
  spans: readonly OpenSpan[],
  outcome: Outcome,
  effects: SettleEffects,
): number {
  const open = spans.filter((span) => span.isOpen);
  for (const span of open) closeSpan(span, outcome, effects);
  if (outcome.kind === "cancelled") {
    for (const span of spans) clearError(span, outcome, effects);
  }
  if (outcome.kind === "aborted") {
    for (const span of spans) markAborted(span, outcome.abortedAtMs);
  }
  return open.length;
}

/** A span that failed after the abort failed because of it, whatever its error says. */
function markAborted(span: OpenSpan, abortedAtMs: number): void {
  if (span.status !== SpanStatusCode.ERROR || (span.endMs ?? 0) < abortedAtMs) return;
  span.setAttribute("langchain.end", ENDINGS.aborted);
}

/** A span that failed after the consumer had left failed because of that: it is no error of the app. */
function clearError(
  span: OpenSpan,
  outcome: Outcome & { kind: "cancelled" },
  effects: SettleEffects,
): void {
  if (span.status !== SpanStatusCode.ERROR || (span.endMs ?? 0) < outcome.leftAtMs) return;
  span.removeEvents("exception");
  span.setMissingOutputs(span.parent ? undefined : outputOf(outcome, span, effects));
  span.close("cancelled", SpanStatusCode.OK);
}

export function closeSpan(span: OpenSpan, outcome: Outcome, effects: SettleEffects): void {
  if ("value" in outcome && span.outputs === undefined) {
    // What the consumer of a stream received is the output of the root, not of the streams below it.
    const isItsOwn = outcome.kind === "returned" || !span.parent;
    span.setMissingOutputs(isItsOwn ? outputOf(outcome, span, effects) : undefined);
  }
  if (outcome.kind === "timed_out") {
    if (!span.parent) span.addEvent("exception", outcome.texts.event);
    span.setMissingOutputs();
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, outcome.texts.message);
  } else if ("error" in outcome) {
    const pause = effects.readPause(outcome.error);
    if (pause) closePaused(span, pause, effects);
    else closeFailed(span, outcome, effects);
  } else closeAs(span, ENDINGS[outcome.kind], "atMs" in outcome ? outcome.atMs : undefined);
}

function closeFailed(
  span: OpenSpan,
  { kind, error }: Extract<Outcome, { readonly error: unknown }>,
  effects: SettleEffects,
): void {
  span.setMissingOutputs();
  const { message, event } = effects.describeError(error);
  span.addEvent("exception", event);
  span.call.reportedErrors.add(error);
  span.close(ENDINGS[kind], SpanStatusCode.ERROR, message);
}

/** The handler closes the span of a run in the same way. */
function closePaused(span: OpenSpan, pause: Pause, effects: SettleEffects): void {
  const copy = (value: unknown) => {
    if (span.call.hasPolicy && !span.policy) return OMITTED_BESIDE_POLICY;
    const keep = span.policy?.outputs;
    return effects.snapshot(keep ? keep(value) : value, span.call);
  };
  if (pause.interrupts !== undefined) {
    span.addEvent("interrupt", { value: copy(pause.interrupts) ?? null });
  }
  if (pause.command !== undefined) span.setOutputs(copy(pause.command));
  span.close("complete", SpanStatusCode.OK);
}

/** Closes a span for which no end was reported. */
export function closeAs(span: OpenSpan, ending: SpanEnding, atMs?: number): void {
  span.setMissingOutputs();
  const isExit = ending === "process_exit";
  // The app may have set the status of a span by hand.
  const isError = isExit || span.status === SpanStatusCode.ERROR;
  const message = isExit ? EXIT_MESSAGE : span.statusMessage;
  span.close(ending, isError ? SpanStatusCode.ERROR : SpanStatusCode.OK, message, atMs);
}

/** The output of a scope. For a stream that was left or was too long: only the beginning. */
export function outputOf(
  outcome: Partial<Streamed> & Pick<Outcome, "kind">,
  span: OpenSpan,
  effects: SettleEffects,
): Plain | undefined {
  const { kind, value, droppedChunks = 0 } = outcome;
  if (droppedChunks > 0) span.setAttribute("langchain.dropped_chunks", droppedChunks);
  if (value === undefined) return undefined;
  const keep = span.policy?.outputs;
  if (span.call.hasPolicy && !span.policy) return OMITTED_BESIDE_POLICY;
  return effects.snapshot(keep ? keep(value) : value, span.call, {
    isIncomplete: kind !== "returned",
    isEssential: !span.parent,
  });
}
