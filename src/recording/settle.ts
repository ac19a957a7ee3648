import type { Plain } from "../data/plain.js";
import type { Snapshot } from "../data/snapshot.js";
import type { DescribeError } from "../trace/exception.js";
import { SpanStatusCode } from "../trace/span.js";
import type { Call, OpenSpan, Scope } from "./call.js";
import type { Outcome, Streamed } from "./outcome.js";
import { addOwnSpan, needsOwnSpan, type OwnSpanInit, topmost } from "./own-span.js";
import type { SpanEnding } from "./recorded-span.js";
import { rawInputOfScope } from "./scopes.js";
import { OMITTED_BESIDE_POLICY } from "./value-policy.js";

export interface SettleEffects {
  /** Copies a live value that only a scope has. */
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  /** Describes a Runnable that made no run. */
  readonly describe: (self: object) => OwnSpanInit;
}

type Returned = Extract<Outcome, { kind: "returned" }>;

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

/** Updates the spans of a nested scope that has ended. Returns how many spans it closed. */
export function settleNested(
  scope: Scope,
  call: Call,
  outcome: Outcome,
  effects: SettleEffects,
): number {
  if (outcome.kind === "returned") correctOutput(scope.span, outcome, effects);
  if (scope.span && !isEnd(outcome)) return closeUnreported(scope, outcome, effects);
  const streams = isEnd(outcome) ? settleStreams(call, outcome, effects, scope) : 0;
  const inside = call.spans
    .slice(scope.firstSpanIndex)
    .filter((span) => span.scope?.isWithin(scope));
  const closed = isEnd(outcome) ? closeOpen(inside, outcome, effects) : 0;
  const tops = topmost(inside);
  // The generator that `stream` opened gets the span.
  const isLabel = scope.method === "stream" && scope.driver !== undefined;
  if (!isLabel && needsOwnSpan(scope, tops, outcome)) {
    closeOwn(addOwnSpan(call, scope, tops, effects.describe(scope.self)), scope, outcome, effects);
  }
  // This step has failed, with or without a run. Steps that were reading from it have not failed themselves.
  if (outcome.kind === "thrown") call.reportedErrors.add(outcome.error);
  return streams + closed;
}

/** LangChain may report no end for an `invoke` that throws, for example for a fallback that is aborted. */
function closeUnreported(
  { span, method }: Scope,
  outcome: Outcome,
  effects: SettleEffects,
): number {
  if (!span?.isOpen || method !== "invoke" || outcome.kind !== "thrown") return 0;
  closeSpan(span, outcome, effects);
  return 1;
}

/**
 * Streams without a run get their span when they end. A stream that has no end of its own ends with the scope around
 * it. Returns how many spans it closed.
 */
export function settleStreams(
  call: Call,
  outcome: Outcome,
  effects: SettleEffects,
  around?: Scope,
): number {
  const bare = "value" in outcome ? { ...outcome, value: undefined } : outcome;
  let closed = 0;
  for (const scope of call.streaming) {
    if (scope.settled || scope === around || (around && !scope.isWithin(around))) continue;
    scope.settled = true;
    closed += settleNested(scope, call, bare, effects);
  }
  return closed;
}

/** Gives an ended Call one root span, with the live output. Returns how many spans it closed. */
export function settleRoot(call: Call, outcome: Outcome, effects: SettleEffects): number {
  const { root } = call;
  const own = root?.span?.isOpen ? [root.span] : [];
  const streams = isEnd(outcome) ? settleStreams(call, outcome, effects, root) : 0;
  const closed = closeOpen(isEnd(outcome) ? call.spans : own, outcome, effects);
  const tops = call.spans.filter((span) => span.parent === undefined);
  if (root && (tops.length !== 1 || needsOwnSpan(root, tops, outcome))) {
    closeOwn(addOwnSpan(call, root, tops, effects.describe(root.self)), root, outcome, effects);
  } else if (tops[0] && outcome.kind === "returned") {
    setRootOutput(tops[0], root, outcome, effects);
  }
  return streams + closed;
}

function setRootOutput(
  span: OpenSpan,
  root: Scope | undefined,
  outcome: Returned,
  effects: SettleEffects,
): void {
  // A class that starts all runs of a batch first reports the output of the whole batch for each of them.
  // A class that streams values it cannot join reports no output.
  const isMissing = span.outputs === undefined || !(root || span.isOpen);
  if (isMissing) span.outputs = outputOf(outcome, span, effects);
  else correctOutput(span, outcome, effects);
}

function closeOwn(span: OpenSpan, scope: Scope, outcome: Outcome, effects: SettleEffects): void {
  const input = rawInputOfScope(scope)?.value;
  const keep = span.policy?.inputs;
  span.inputs = effects.snapshot(keep ? keep(input) : input, span.call);
  if ("value" in outcome) span.outputs = outputOf(outcome, span, effects);
  closeSpan(span, outcome, effects);
}

/** LangChain passes `{ output: "x" }` to handlers both for `"x"` and for `{ output: "x" }`; only the scope has the original. */
function correctOutput(
  span: OpenSpan | undefined,
  outcome: Returned,
  effects: SettleEffects,
): void {
  if (!span?.uncoercedOutput || span.policy?.outputs) return;
  // For a stream, reading the value joins the chunks: read it once.
  const { value } = outcome;
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "output") && Object.keys(value).length === 1) {
    span.outputs = effects.snapshot(value, span.call, { isEssential: !span.parent });
  }
}

/** Whether everything in the scope ends with it: spans that are still open are closed. */
function isEnd(outcome: Outcome): boolean {
  return outcome.kind !== "returned" && outcome.kind !== "thrown";
}

function closeOpen(spans: readonly OpenSpan[], outcome: Outcome, effects: SettleEffects): number {
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
  span.attributes["langchain.end"] = ENDINGS.aborted;
}

/** A span that failed after the consumer had left failed because of that: it is no error of the app. */
function clearError(
  span: OpenSpan,
  outcome: Outcome & { kind: "cancelled" },
  effects: SettleEffects,
): void {
  if (span.status !== SpanStatusCode.ERROR || (span.endMs ?? 0) < outcome.leftAtMs) return;
  span.events = span.events?.filter(({ name }) => name !== "exception");
  setMissingOutputs(span, span.parent ? undefined : outputOf(outcome, span, effects));
  span.close("cancelled", SpanStatusCode.OK);
}

function closeSpan(span: OpenSpan, outcome: Outcome, effects: SettleEffects): void {
  if ("value" in outcome && span.outputs === undefined) {
    // What the consumer of a stream received is the output of the root, not of the streams below it.
    const isItsOwn = outcome.kind === "returned" || !span.parent;
    setMissingOutputs(span, isItsOwn ? outputOf(outcome, span, effects) : undefined);
  }
  if (outcome.kind === "timed_out") {
    if (!span.parent) span.addEvent("exception", outcome.texts.event);
    setMissingOutputs(span, undefined);
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, outcome.texts.message);
  } else if ("error" in outcome) {
    const { message, event } = effects.describeError(outcome.error);
    span.addEvent("exception", event);
    span.call.reportedErrors.add(outcome.error);
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, message);
  } else closeAs(span, ENDINGS[outcome.kind], "atMs" in outcome ? outcome.atMs : undefined);
}

/** Closes a span for which no end was reported. */
export function closeAs(span: OpenSpan, ending: SpanEnding, atMs?: number): void {
  setMissingOutputs(span, undefined);
  const isExit = ending === "process_exit";
  const status = isExit ? SpanStatusCode.ERROR : SpanStatusCode.OK;
  span.close(ending, status, isExit ? EXIT_MESSAGE : "", atMs);
}

/** The output of a scope. For a stream that was left or was too long: only the beginning. */
function outputOf(
  outcome: Extract<Outcome, Streamed>,
  span: OpenSpan,
  effects: SettleEffects,
): Plain | undefined {
  const { kind, value, droppedChunks = 0 } = outcome;
  if (droppedChunks > 0) span.attributes["langchain.dropped_chunks"] = droppedChunks;
  if (value === undefined) return undefined;
  const keep = span.policy?.outputs;
  if (span.call.hasPolicy && !span.policy) return OMITTED_BESIDE_POLICY;
  return effects.snapshot(keep ? keep(value) : value, span.call, {
    isIncomplete: kind !== "returned",
    isEssential: !span.parent,
  });
}

function setMissingOutputs(span: OpenSpan, consumed: Plain | undefined): void {
  span.outputs ??= span.partialOutputs?.(consumed) ?? consumed;
}
