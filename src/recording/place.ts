import { type Call, type OpenSpan, Scope, unrecordedCall } from "./call.js";
import type { Method } from "./method.js";

/** Where a run that starts belongs. */
export interface PlaceOfRun {
  /** The scope it starts in. */
  readonly around: Scope | undefined;
  /** The same scope, if the run belongs to the Runnable of the scope. */
  readonly own: Scope | undefined;
  /** The parent span; undefined for a root. */
  readonly parent: OpenSpan | undefined;
  /** LangChain named the parent. */
  readonly isNamed: boolean;
}

/** `named` is the span of the run that LangChain names as parent: it takes precedence over the scope. */
export function placeOfRun(
  scope: Scope | undefined,
  self: object | undefined,
  named: OpenSpan | undefined,
): PlaceOfRun {
  const around = scope && isAlive(scope) ? scope : undefined;
  const own = ownScope(around, self, named);
  const byHand = named && around ? spanByHandBelow(named, around) : undefined;
  if (byHand) return { around, own, parent: byHand, isNamed: false };
  // A second run of the same Runnable in one scope is a sibling of the first one.
  const isOfScope = own !== undefined || (around !== undefined && self === around.self);
  const parent = named ?? (isOfScope ? around?.enclosingSpan() : around?.nearestSpan());
  return { around, own, parent, isNamed: named !== undefined };
}

/** The span by hand that is between the named span and this scope: LangChain does not know it. */
function spanByHandBelow(named: OpenSpan, around: Scope): OpenSpan | undefined {
  if (!named.call.hasSpansByHand) return undefined;
  for (let scope: Scope | undefined = around; scope; scope = scope.parent) {
    const { span, method } = scope;
    if (span === named) return undefined;
    if (method === "span" && span?.isOpen && span.isWithin(named)) return span;
  }
  return undefined;
}

/** Whether a call that starts in this scope belongs to the scope's Call. False in the context of a late timer. */
export function isAlive(scope: Scope): boolean {
  if (!scope.call) return !scope.settled;
  if (scope.call.state === "open") return true;
  if (scope.call.state === "sealed") return false;
  return !scope.settled || scope.nearestSpan() !== undefined;
}

/** Whether a call that starts in this scope belongs to a trace that timed out while the scope is still running. */
export function isCutOff(scope: Scope | undefined): boolean {
  return scope?.call?.timedOut === true && !scope.settled;
}

/** Returns `scope` if the run is the first run of the scope's own Runnable. */
function ownScope(
  scope: Scope | undefined,
  self: object | undefined,
  named: OpenSpan | undefined,
): Scope | undefined {
  if (!scope?.call || scope.span || scope.method === "batch") return undefined;
  if (self !== undefined && self !== scope.self) return undefined;
  return named === undefined || named.call === scope.call ? scope : undefined;
}

/** Opens a scope within an existing Call. */
export function nestedScope(init: {
  call: Call;
  parent: Scope | undefined;
  self: object;
  method: Method;
  input: unknown;
  configParent: OpenSpan | undefined;
}): Scope {
  if (init.parent?.call === init.call) init.parent.noteNestedCall(init.self, init.input);
  const scope = new Scope(init);
  if (countsAsPending(scope)) init.call.pending += 1;
  return scope;
}

/** A promise settles at some time. A generator may never be started, so only its spans keep the Call open. */
export function countsAsPending(scope: Scope): boolean {
  return scope.method === "invoke" && scope.call?.root !== scope;
}

/**
 * Opens a scope that is not recorded, so that no call in it becomes a root.
 * `below a skipped run`: LangChain names it as parent. `excluded`: the app excludes this call of a trace.
 * `cut off`: the trace timed out. The handler then still receives the runs in the scope, and they are counted.
 */
export function unrecordedScope(
  { self, method, input }: Pick<Scope, "self" | "method" | "input">,
  why: "below a skipped run" | "excluded" | "cut off",
): Scope {
  const call = unrecordedCall("open");
  call.root = new Scope({ self, method, input, call, parent: undefined });
  if (why === "excluded") call.isExcluded = true;
  if (why === "cut off") Object.assign(call, { state: "sealed", timedOut: true });
  return call.root;
}
