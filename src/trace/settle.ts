import type { Call, Outcome } from "./call.js";
import { joinChunks } from "./chunks.js";
import { exceptionEvent, textOfError } from "./exception.js";
import { OpenSpan, type SpanEnding } from "./open-span.js";
import type { Plain } from "./plain.js";
import type { Scope } from "./scope.js";
import { SpanStatusCode, SpanType } from "./span.js";

export interface SettleEffects {
  /** Data of a raw value, for what only a scope has seen. */
  readonly snapshot: (value: unknown, call: Call) => Plain | undefined;
  /** The name of the span a scope gets whose Runnable made no run. */
  readonly nameOf: (self: object) => string;
}

const ENDINGS: Record<Outcome["kind"], SpanEnding> = {
  returned: "complete",
  thrown: "error",
  cancelled: "cancelled",
  abandoned: "abandoned",
  aborted: "aborted",
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
  if (outcome.kind === "returned") correctOutput(scope.span, outcome.value, effects);
  if (scope.span && !isEnd(outcome)) return 0;
  const inside = call.spans.slice(scope.firstSpan).filter((span) => span.scope?.isWithin(scope));
  if (inside.length === 0 && isCall(scope)) addSpan(call, scope, outcome, effects);
  return isEnd(outcome) ? closeOpen(inside, outcome, effects) : 0;
}

/** What a Call's end means: one root span, with its raw output. Returns how many spans it closed. */
export function settleRoot(call: Call, outcome: Outcome, effects: SettleEffects): number {
  const own = call.root?.span?.isOpen ? [call.root.span] : [];
  const closed = closeOpen(isEnd(outcome) ? call.spans : own, outcome, effects);
  const tops = call.spans.filter((span) => span.parent === undefined);
  const only = tops.length === 1 ? tops[0] : undefined;
  if (only && outcome.kind === "returned") {
    // A class that starts all its batch's runs up front ends each with the whole batch's output.
    if (call.root || only.isOpen) correctOutput(only, outcome.value, effects);
    else only.outputs = effects.snapshot(outcome.value, call);
  }
  if (call.root && !only) addRoot(call, call.root, tops, outcome, effects);
  return closed;
}

function addRoot(
  call: Call,
  root: Scope,
  tops: readonly OpenSpan[],
  outcome: Outcome,
  effects: SettleEffects,
): void {
  const span = addSpan(call, root, outcome, effects);
  for (const top of tops) top.parent = span;
  // The root comes first, as in every trace whose root made a run.
  call.spans.unshift(call.spans.pop() as OpenSpan);
}

/** The Runnable made no run, or several: the scope itself becomes a span. */
function addSpan(call: Call, scope: Scope, outcome: Outcome, effects: SettleEffects): OpenSpan {
  const name = effects.nameOf(scope.self);
  const span = new OpenSpan(call, name, SpanType.CHAIN, undefined, scope.startMs);
  span.parent = scope.parent?.nearestOpenSpan();
  span.scope = scope;
  span.inputs = effects.snapshot(scope.input, call);
  call.spans.push(span);
  closeSpan(span, outcome, effects);
  return span;
}

/** LangChain shows handlers `{ output: "x" }` for `"x"`; only the scope knows which of the two it was. */
function correctOutput(span: OpenSpan | undefined, value: unknown, effects: SettleEffects): void {
  if (!span?.uncoercedOutput || !isDictionary(value)) return;
  span.outputs = effects.snapshot(value, span.call);
}

function isDictionary(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** Outcomes after which nothing of the scope goes on: what is still open in it ends with it. */
function isEnd(outcome: Outcome): boolean {
  return outcome.kind !== "returned" && outcome.kind !== "thrown";
}

function closeOpen(spans: readonly OpenSpan[], outcome: Outcome, effects: SettleEffects): number {
  const open = spans.filter((span) => span.isOpen);
  for (const span of open) closeSpan(span, outcome, effects);
  return open.length;
}

function closeSpan(span: OpenSpan, outcome: Outcome, effects: SettleEffects): void {
  if ("value" in outcome && span.outputs === undefined) {
    span.outputs = outputOf(span, outcome, effects) ?? span.partialOutputs?.();
  }
  if ("error" in outcome && outcome.error !== undefined) {
    span.addEvent("exception", exceptionEvent(outcome.error));
    span.close(ENDINGS[outcome.kind], SpanStatusCode.ERROR, textOfError(outcome.error));
  } else closeAs(span, ENDINGS[outcome.kind]);
}

/** What a stream's consumer had got is the root's output; a span below keeps what it streamed itself. */
function outputOf(
  span: OpenSpan,
  outcome: Outcome & { value: unknown },
  effects: SettleEffects,
): Plain | undefined {
  if (outcome.kind === "returned") return effects.snapshot(outcome.value, span.call);
  return span.parent ? undefined : effects.snapshot(joinChunks(outcome.value), span.call);
}

/** Closes a span nobody ended. */
export function closeAs(span: OpenSpan, ending: SpanEnding): void {
  span.outputs ??= span.partialOutputs?.();
  const isExit = ending === "process_exit";
  const status = isExit ? SpanStatusCode.ERROR : SpanStatusCode.OK;
  span.close(ending, status, isExit ? EXIT_MESSAGE : "");
}

/** A batch gives context only; of a stream its generator is the call. */
function isCall(scope: Scope): boolean {
  if (scope.isHidden) return false;
  return scope.method !== "batch" && !(scope.method === "stream" && scope.driven);
}
