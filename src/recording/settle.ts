import type { Plain } from "../data/plain.js";
import type { Snapshot } from "../data/snapshot.js";
import type { DescribeError } from "../trace/exception.js";
import { SpanStatusCode } from "../trace/span.js";
import type { Call, Outcome, Streamed } from "./call.js";
import type { OpenSpan, SpanEnding } from "./open-span.js";
import { addOwnSpan, needsOwnSpan, type OwnSpanInit, topmost } from "./own-span.js";
import { rawInputOfScope } from "./raw-input.js";
import type { Scope } from "./scope.js";
import { OMITTED_BESIDE_POLICY } from "./value-policy.js";

export interface SettleEffects {
  /** Data of a raw value, for what only a scope has seen. */
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  /** What the span of a scope is called whose Runnable made no run. */
  readonly describe: Describe;
}

export type Describe = (self: object) => OwnSpanInit;

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

/** What a nested scope's end means for its spans. Returns how many it closed. */
export function settleNested(
  scope: Scope,
  call: Call,
  outcome: Outcome,
  effects: SettleEffects,
): number {
  if (outcome.kind === "returned") correctOutput(scope.span, outcome, effects);
  if (scope.span && !isEnd(outcome)) return closeUntold(scope, outcome, effects);
  const streams = isEnd(outcome) ? settleStreams(call, outcome, effects, scope) : 0;
  const inside = call.spans.slice(scope.firstSpan).filter((span) => span.scope?.isWithin(scope));
  const closed = isEnd(outcome) ? closeOpen(inside, outcome, effects) : 0;
  const tops = topmost(inside);
  // Of a stream its generator is the call.
  const isLabel = scope.method === "stream" && scope.driver !== undefined;
  if (!isLabel && needsOwnSpan(scope, tops, outcome)) {
    closeOwn(addOwnSpan(call, scope, tops, effects.describe(scope.self)), scope, outcome, effects);
  }
  // Told or not, it is this step's: what still read from it has not failed itself.
  if (outcome.kind === "thrown") call.toldErrors.add(outcome.error);
  return streams + closed;
}

/** Leaving an invoke by throwing, LangChain may forget to tell (a fallback that is aborted does). */
function closeUntold({ span, method }: Scope, outcome: Outcome, effects: SettleEffects): number {
  if (!span?.isOpen || method !== "invoke" || outcome.kind !== "thrown") return 0;
  closeSpan(span, outcome, effects);
  return 1;
}

/**
 * Streams without a run get their span at their end: those that nobody ends, at that of what is
 * around them. Returns how many spans that closed.
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

/** What a Call's end means: one root span, with its raw output. Returns how many spans it closed. */
export function settleRoot(call: Call, outcome: Outcome, effects: SettleEffects): number {
  const { root } = call;
  const own = root?.span?.isOpen ? [root.span] : [];
  const streams = isEnd(outcome) ? settleStreams(call, outcome, effects, root) : 0;
  const closed = closeOpen(isEnd(outcome) ? call.spans : own, outcome, effects);
  const tops = call.spans.filter((span) => span.parent === undefined);
  if (root && (tops.length !== 1 || needsOwnSpan(root, tops, outcome))) {
    closeOwn(addOwnSpan(call, root, tops, effects.describe(root.self)), root, outcome, effects);
  } else if (tops[0] && outcome.kind === "returned") {
    giveOutput(tops[0], root, outcome, effects);
  }
  return streams + closed;
}

function giveOutput(
  span: OpenSpan,
  root: Scope | undefined,
  outcome: Returned,
  effects: SettleEffects,
): void {
  // A class that starts all its batch's runs up front ends each with the whole batch's output;
  // one that streams what it cannot join tells no output at all.
  const isUntold = span.outputs === undefined || !(root || span.isOpen);
  if (isUntold) span.outputs = outputOf(outcome, span, effects);
  else correctOutput(span, outcome, effects);
}

function closeOwn(span: OpenSpan, scope: Scope, outcome: Outcome, effects: SettleEffects): void {
  const input = rawInputOfScope(scope)?.value;
  const keep = span.policy?.inputs;
  span.inputs = effects.snapshot(keep ? keep(input) : input, span.call);
  if ("value" in outcome) span.outputs = outputOf(outcome, span, effects);
  closeSpan(span, outcome, effects);
}

/** LangChain shows handlers `{ output: "x" }` for `"x"`; only the scope knows which of the two it was. */
function correctOutput(
  span: OpenSpan | undefined,
  outcome: Returned,
  effects: SettleEffects,
): void {
  if (!span?.uncoercedOutput || span.policy?.outputs) return;
  // A stream joins its chunks when the value is asked for.
  const { value } = outcome;
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "output") && Object.keys(value).length === 1) {
    span.outputs = effects.snapshot(value, span.call);
  }
}

/** Outcomes after which nothing of the scope goes on: what is still open in it ends with it. */
function isEnd(outcome: Outcome): boolean {
  return outcome.kind !== "returned" && outcome.kind !== "thrown";
}

function closeOpen(spans: readonly OpenSpan[], outcome: Outcome, effects: SettleEffects): number {
  const open = spans.filter((span) => span.isOpen);
  for (const span of open) closeSpan(span, outcome, effects);
  if (outcome.kind === "cancelled") {
    for (const span of spans) forgive(span, outcome, effects);
  }
  if (outcome.kind === "aborted") {
    for (const span of spans) blameAbort(span, outcome.abortedAtMs);
  }
  return open.length;
}

/** What failed after the abort failed because of it, whether LangChain's error says so or not. */
function blameAbort(span: OpenSpan, abortedAtMs: number): void {
  if (span.status !== SpanStatusCode.ERROR || (span.endMs ?? 0) < abortedAtMs) return;
  span.attributes["langchain.end"] = ENDINGS.aborted;
}

/** What failed after the consumer had left failed because of that: nobody is to look for a fault. */
function forgive(
  span: OpenSpan,
  outcome: Outcome & { kind: "cancelled" },
  effects: SettleEffects,
): void {
  if (span.status !== SpanStatusCode.ERROR || (span.endMs ?? 0) < outcome.leftAtMs) return;
  span.events = span.events?.filter(({ name }) => name !== "exception");
  giveLate(span, span.parent ? undefined : outputOf(outcome, span, effects));
  span.close("cancelled", SpanStatusCode.OK);
}

function closeSpan(span: OpenSpan, outcome: Outcome, effects: SettleEffects): void {
  if ("value" in outcome && span.outputs === undefined) {
    // What a stream's consumer had got is the root's output, not that of what streams below it.
    const isItsOwn = outcome.kind === "returned" || !span.parent;
    giveLate(span, isItsOwn ? outputOf(outcome, span, effects) : undefined);
  }
  if (outcome.kind === "timed_out") {
    if (!span.parent) span.addEvent("exception", outcome.texts.event);
    giveLate(span, undefined);
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, outcome.texts.message);
  } else if ("error" in outcome) {
    const { message, event } = effects.describeError(outcome.error);
    span.addEvent("exception", event);
    span.call.toldErrors.add(outcome.error);
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, message);
  } else closeAs(span, ENDINGS[outcome.kind], "atMs" in outcome ? outcome.atMs : undefined);
}

/** Closes a span nobody ended. */
export function closeAs(span: OpenSpan, ending: SpanEnding, atMs?: number): void {
  giveLate(span, undefined);
  const isExit = ending === "process_exit";
  const status = isExit ? SpanStatusCode.ERROR : SpanStatusCode.OK;
  span.close(ending, status, isExit ? EXIT_MESSAGE : "", atMs);
}

/** What came of it; of a stream that was left, or that was too long, only the beginning. */
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
  return effects.snapshot(keep ? keep(value) : value, span.call, kind !== "returned");
}

function giveLate(span: OpenSpan, consumed: Plain | undefined): void {
  span.outputs ??= span.partialOutputs?.(consumed) ?? consumed;
}
