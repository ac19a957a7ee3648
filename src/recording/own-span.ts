import { type Call, OpenSpan, type Scope } from "./call.js";
import type { Outcome } from "./outcome.js";
import type { SpanStart } from "./recorded-span.js";

/**
 * Whether a scope gets a span although no run was reported for it. This is the one case where a scope, and not the
 * callback handler, makes a span: the Runnable made no run and did more than forward its input. `tops` are the topmost
 * spans of the calls it made. If LangChain named another parent for them than for the Runnable itself, they stay there.
 */
export function needsOwnSpan(
  scope: Scope,
  tops: readonly OpenSpan[],
  outcome: Outcome,
  { describe }: { readonly describe: (self: object) => OwnSpanInit },
): boolean {
  if (scope.isHidden || scope.method === "batch" || scope.span) return false;
  const isElsewhere = (top: OpenSpan) => top.isNamed && namedParentOf(top) !== scope.configParent;
  if (tops.some((top) => isElsewhere(top) || isOwn(top, scope))) return false;
  if (tops.some((top) => top.isNamed) && describe(scope.self).isInternal) return false;
  if (tops.length === 0 && isUntouched(scope, outcome)) return false;
  return tops.length > 1 || !scope.onlyForwards(outcome);
}

/**
 * The span that LangChain named as parent. The spans in between are those of scopes around this one. An abort may end
 * these first.
 */
function namedParentOf({ parent }: OpenSpan): OpenSpan | undefined {
  let above = parent;
  while (above && above.runId === undefined && !above.isByHand) above = above.parent;
  return above;
}

/** A step that was still reading its input when the input failed, or when everything was ended, has done no work. */
function isUntouched(scope: Scope, outcome: Outcome): boolean {
  const { call, method } = scope;
  if (method !== "transform" || outcome.kind === "returned" || call?.streaming.has(scope))
    return false;
  return outcome.kind !== "thrown" || call?.reportedErrors.has(outcome.error) === true;
}

/** `stream(x)` opens a generator of the same object: both share one span. */
function isOwn(span: OpenSpan, scope: Scope): boolean {
  return span.scope?.span === span && span.scope.self === scope.self;
}

/** Describes the Runnable of a scope. */
export interface OwnSpanInit extends Pick<SpanStart, "name" | "spanType" | "policy"> {
  /** The app did not create this Runnable: a graph did. */
  readonly isInternal: boolean;
}

/** Adds a span for the scope, as parent of `tops`. The caller closes it. */
export function addOwnSpan(
  call: Call,
  scope: Scope,
  tops: readonly OpenSpan[],
  { name, spanType, policy }: OwnSpanInit,
): OpenSpan {
  const start = { name, spanType, policy, startMs: scope.startMs };
  const span = new OpenSpan(call, start, scope.enclosingSpan());
  span.setScope(scope);
  if (policy) call.hasPolicy = true;
  scope.span = span;
  for (const top of tops) if (top.parent === span.parent) top.setParent(span);
  call.spans.push(span);
  return span;
}

/** The spans of `spans` whose parent is not in `spans`. */
export function topmost(spans: readonly OpenSpan[]): readonly OpenSpan[] {
  const inside = new Set(spans);
  return spans.filter(({ parent }) => parent === undefined || !inside.has(parent));
}
