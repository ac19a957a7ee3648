import type { OpenSpan } from "./open-span.js";
import type { Scope } from "./scope.js";

/** Where a run that starts belongs. */
export interface PlaceOfRun {
  /** The scope it starts in. */
  readonly around: Scope | undefined;
  /** The same, if the run is this scope's Runnable's own. */
  readonly own: Scope | undefined;
  /** The span above it; undefined for a root. */
  readonly parent: OpenSpan | undefined;
  /** LangChain said so itself. */
  readonly isNamed: boolean;
}

/** `named` is the span LangChain names as parent: where it names one, LangChain is right. */
export function placeOfRun(
  scope: Scope | undefined,
  self: object | undefined,
  named: OpenSpan | undefined,
): PlaceOfRun {
  const around = scope && isAlive(scope) ? scope : undefined;
  const own = ownScope(around, self, named);
  // A further run of the same Runnable in one scope is the first one's sibling.
  const isOfScope = own !== undefined || (around !== undefined && self === around.self);
  const parent = named ?? (isOfScope ? around?.enclosingSpan() : around?.nearestSpan());
  return { around, own, parent, isNamed: named !== undefined };
}

/** Whether what starts in this scope still belongs to its Call; a late timer's context does not. */
export function isAlive(scope: Scope): boolean {
  if (!scope.call) return !scope.settled;
  if (scope.call.state === "open") return true;
  if (scope.call.state === "sealed") return false;
  return !scope.settled || scope.nearestSpan() !== undefined;
}

/** Whether what starts in this scope belongs to a trace that was ended while the scope goes on. */
export function isCutOff(scope: Scope | undefined): boolean {
  return scope?.call?.timedOut === true && !scope.settled;
}

/** The scope whose own run this is, if it is one: the first run of the same Runnable in it. */
function ownScope(
  scope: Scope | undefined,
  self: object | undefined,
  named: OpenSpan | undefined,
): Scope | undefined {
  if (!scope?.call || scope.span || scope.method === "batch") return undefined;
  if (self !== undefined && self !== scope.self) return undefined;
  return named === undefined || named.call === scope.call ? scope : undefined;
}
