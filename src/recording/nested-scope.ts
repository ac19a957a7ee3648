import { nowMs } from "../trace/clock.js";
import { Call } from "./call.js";
import type { OpenSpan } from "./open-span.js";
import { type Method, Scope } from "./scope.js";

/** The scope of a call within a Call that is there already. */
export function nestedScope(init: {
  call: Call;
  parent: Scope | undefined;
  self: object;
  method: Method;
  input: unknown;
  under: OpenSpan | undefined;
}): Scope {
  if (init.parent?.call === init.call) init.parent.handOn(init.self, init.input);
  const scope = new Scope(init);
  if (countsAsPending(scope)) init.call.pending += 1;
  return scope;
}

/** A promise settles in the end; a generator may never be started, and is held open by its spans alone. */
export function countsAsPending(scope: Scope): boolean {
  return scope.method === "invoke" && scope.call?.root !== scope;
}

/** The scope of a call below a run that is not, or no longer, recorded: nothing in it is a new root. */
export function silentScope(self: object, method: Method, input: unknown): Scope {
  const call = new Call({ sampled: false, destination: undefined, tags: {}, startMs: nowMs() });
  call.root = new Scope({ call, parent: undefined, self, method, input });
  return call.root;
}

/** The same in a trace that was ended: here the handler hears of the runs, which are counted. */
export function cutOffScope(self: object, method: Method, input: unknown): Scope {
  const scope = silentScope(self, method, input);
  if (scope.call) Object.assign(scope.call, { state: "sealed", timedOut: true });
  return scope;
}
