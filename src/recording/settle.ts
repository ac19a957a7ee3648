import { isLiteral, isPlainObject } from "../data/plain.js";
import { SpanStatusCode, SpanType } from "../trace/span.js";
import type { Call, OpenSpan, Scope } from "./call.js";
import { closeOpen, closeSpan, outputOf, type SettleEffects } from "./close-span.js";
import type { Outcome, Streamed } from "./outcome.js";
import { addOwnSpan, needsOwnSpan, topmost } from "./own-span.js";
import { rawInputOfScope } from "./scopes.js";

type Returned = Extract<Outcome, { kind: "returned" }>;

/** Updates the spans of a nested scope that has ended. Returns how many spans it closed. */
export function settleNested(
  scope: Scope,
  call: Call,
  outcome: Outcome,
  effects: SettleEffects,
): number {
  if (outcome.kind === "returned") correctOutput(scope.span, outcome, effects);
  else keepReceived(scope, call, outcome, effects);
  if (scope.span && !isEnd(outcome)) {
    dropRepeat(scope, call, outcome, effects);
    return closeUnreported(scope, outcome, effects);
  }
  const streams = isEnd(outcome) ? settleStreams(call, outcome, effects, scope) : 0;
  const inside = call.spans
    .slice(scope.firstSpanIndex)
    .filter((span) => span.scope?.isWithin(scope));
  const closed = isEnd(outcome) ? closeOpen(inside, outcome, effects) : 0;
  const tops = topmost(inside);
  // The generator that `stream` opened gets the span.
  const isLabel = scope.method === "stream" && scope.driver !== undefined;
  if (!isLabel && needsOwnSpan(scope, tops, outcome, effects)) {
    closeOwn(
      addOwnSpan(call, scope, tops, effects.describe(scope.self, scope.config)),
      scope,
      outcome,
      effects,
    );
  }
  // This step has failed, with or without a run. Steps that were reading from it have not failed themselves.
  if (outcome.kind === "thrown") call.reportedErrors.add(outcome.error);
  return streams + closed;
}

/** A stream that did not complete has what the app received of it as its output. LangChain reports no output then. */
function keepReceived(scope: Scope, call: Call, outcome: Outcome, effects: SettleEffects): void {
  if (!("value" in outcome) || outcome.value === undefined || isReadByInvoke(scope)) return;
  shareOutput(call, scope, outcome, effects);
  const { span } = scope;
  if (span && span.outputs === undefined) {
    span.setMissingOutputs(outputOf(outcome, span, effects));
  }
}

/** The `invoke` of a graph reads the graph's own stream. If that fails, the app receives nothing of it. */
function isReadByInvoke({ self, parent }: Scope): boolean {
  let outer = parent;
  while (outer?.self === self) {
    if (outer.method === "invoke") return true;
    outer = outer.parent;
  }
  return false;
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
  const isPartial = outcome.kind !== "returned";
  if (root && (isPartial || outcome.isBinary)) shareOutput(call, root, outcome, effects);
  const closed = closeOpen(isEnd(outcome) ? call.spans : own, outcome, effects);
  const tops = call.spans.filter((span) => span.parent === undefined);
  if (root && (tops.length !== 1 || needsOwnSpan(root, tops, outcome, effects))) {
    closeOwn(
      addOwnSpan(call, root, tops, effects.describe(root.self, root.config)),
      root,
      outcome,
      effects,
    );
  } else if (tops[0]) correctRoot(tops[0], root, outcome, effects);
  if (root?.span) dropRepeat(root, call, outcome, effects);
  return streams + closed;
}

/** Adds to the root what its handler could not report. */
function correctRoot(
  span: OpenSpan,
  root: Scope | undefined,
  outcome: Outcome,
  effects: SettleEffects,
): void {
  if (outcome.kind === "returned") setRootOutput(span, root, outcome, effects);
  else if (isUnreported(span, outcome, effects)) closeSpan(span, outcome, effects);
  // The app had received this much when the stream ended.
  else if ("value" in outcome) {
    span.setOutputs(span.outputs ?? outputOf(outcome, span, effects));
  }
}

/** Drops the span of an internal step that is the only step of this scope and has the same input and output. */
function dropRepeat(scope: Scope, call: Call, outcome: Outcome, effects: SettleEffects): void {
  if (!scope.nested?.endedLike(outcome)) return;
  const isStep = ({ runId, isByHand, scope: own }: OpenSpan) =>
    runId === undefined && !isByHand && own?.parent === scope;
  const step = call.spans.slice(scope.firstSpanIndex).find(isStep);
  if (!step?.scope || step.parent !== scope.span) return;
  if (!effects.describe(step.scope.self).isInternal) return;
  for (const span of call.spans) if (span.parent === step) span.setParent(scope.span);
  step.scope.span = scope.span;
  call.repeats ??= new Set();
  call.repeats.add(step);
}

/**
 * Gives the output that the app received to the spans below a stream that yielded the same chunks. For a stream that did
 * not complete, a model may report a token only after the app has received it. For a stream of bytes, LangChain reports
 * their sum.
 */
function shareOutput(
  call: Call,
  stream: Scope,
  outcome: Partial<Streamed> & Pick<Outcome, "kind">,
  effects: SettleEffects,
): void {
  const { value, yielders = [] } = outcome;
  if (yielders.length === 0 || value === undefined || call.hasPolicy) return;
  const received = effects.snapshot(value, call, { isIncomplete: true });
  const inside = call.spans.slice(stream.firstSpanIndex);
  for (const yielder of yielders) {
    const span = inside.findLast(({ scope }) => scope?.self === yielder && scope !== stream);
    if (!span || (span.attributes["langchain.end"] === "complete" && !outcome.isBinary)) continue;
    span.setOutputs(span.partialOutputs ? span.partialOutputs(received) : received);
  }
}

/** Whether the call failed after its run had ended. In a batch, the failed items of a sequence end like the others. */
function isUnreported(span: OpenSpan, outcome: Outcome, { readPause }: SettleEffects): boolean {
  return (
    outcome.kind === "thrown" && span.status === SpanStatusCode.OK && !readPause(outcome.error)
  );
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
  const isOther = outcome.isBinary || (root?.method === "invoke" && isOtherValue(span, outcome));
  if (isMissing || isOther) span.setOutputs(outputOf(outcome, span, effects));
  else correctOutput(span, outcome, effects);
}

/** Whether the app received another object than LangChain reported: a graph, for example, adds its interrupts later. */
function isOtherValue({ outputs, spanType }: OpenSpan, { value }: Returned): boolean {
  if (spanType !== SpanType.CHAIN || !isLiteral(value)) return false;
  if (!isPlainObject(outputs)) return true;
  const names = Object.keys(value);
  return (
    names.length !== Object.keys(outputs).length ||
    names.some((name) => !Object.hasOwn(outputs, name))
  );
}

function closeOwn(span: OpenSpan, scope: Scope, outcome: Outcome, effects: SettleEffects): void {
  const input = rawInputOfScope(scope)?.value;
  const keep = span.policy?.inputs;
  span.setInputs(effects.snapshot(keep ? keep(input) : input, span.call));
  if ("value" in outcome) span.setOutputs(outputOf(outcome, span, effects));
  const { self, config } = scope;
  const output = "value" in outcome ? outcome.value : undefined;
  const call = { self, config, input, output, isPartial: outcome.kind !== "returned" };
  effects.describeOwnSpan(span, call, (value) => effects.snapshot(value, span.call));
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
    span.setOutputs(effects.snapshot(value, span.call, { isEssential: !span.parent }));
  }
}

/** Whether everything in the scope ends with it: spans that are still open are closed. */
function isEnd(outcome: Outcome): boolean {
  return outcome.kind !== "returned" && outcome.kind !== "thrown";
}
