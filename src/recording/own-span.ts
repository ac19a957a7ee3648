import type { SpanType } from "../trace/span.js";
import type { Call, Outcome } from "./call.js";
import { OpenSpan } from "./open-span.js";
import type { Scope } from "./scope.js";
import type { ValuePolicy } from "./value-policy.js";

/**
 * The one place where a scope, and not the callback handler, makes a span: the Runnable made no run
 * of its own, and did more than hand its input on. `tops` are the topmost spans of what it called;
 * where LangChain named their parent, that is where they hang.
 */
export function needsOwnSpan(scope: Scope, tops: readonly OpenSpan[], outcome: Outcome): boolean {
  if (scope.isHidden || scope.method === "batch" || scope.span) return false;
  if (tops.some((top) => top.isNamed || isOwn(top, scope))) return false;
  if (tops.length === 0 && isUntouched(scope, outcome)) return false;
  return tops.length > 1 || !scope.onlyHandsOn(outcome);
}

/** A step that was still reading its input when that failed or all was ended has done nothing itself. */
function isUntouched(scope: Scope, outcome: Outcome): boolean {
  const { call, method } = scope;
  if (method !== "transform" || outcome.kind === "returned" || call?.streaming.has(scope))
    return false;
  return outcome.kind !== "thrown" || call?.toldErrors.has(outcome.error) === true;
}

/** `stream(x)` opens a generator of the same object: the span of the one is the other's. */
function isOwn(span: OpenSpan, scope: Scope): boolean {
  return span.scope?.span === span && span.scope.self === scope.self;
}

/** Describes the Runnable of a scope. */
export interface OwnSpanInit {
  readonly name: string;
  readonly spanType: SpanType;
  readonly policy?: ValuePolicy | undefined;
}

/** Puts a span for the scope above those that were made in it; it is still to be closed. */
export function addOwnSpan(
  call: Call,
  scope: Scope,
  tops: readonly OpenSpan[],
  { name, spanType, policy }: OwnSpanInit,
): OpenSpan {
  const span = new OpenSpan(call, name, spanType, undefined, scope.startMs);
  span.parent = scope.enclosingSpan();
  span.scope = scope;
  span.policy = policy;
  if (policy) call.hasPolicy = true;
  scope.span = span;
  for (const top of tops) if (top.parent === span.parent) top.parent = span;
  call.spans.push(span);
  return span;
}

/** The topmost of these spans: those whose parent is none of them. */
export function topmost(spans: readonly OpenSpan[]): readonly OpenSpan[] {
  const inside = new Set(spans);
  return spans.filter(({ parent }) => parent === undefined || !inside.has(parent));
}
