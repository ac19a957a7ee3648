import { debug } from "../../base/log.js";
import type { Method as MethodName, Scope } from "../../recording/call.js";
import type { Collector } from "../../recording/collector.js";
import type { Outcome } from "../../recording/outcome.js";
import { parentRunIdOf } from "./managers.js";
import type { Method } from "./wrap.js";

export interface CallEffects {
  readonly collector: Collector;
  readonly here: () => Scope | undefined;
  readonly runInScope: <T>(scope: Scope, fn: () => T) => T;
  /** Called with every object whose method we see, before its class need be known. */
  readonly discover: (self: object) => void;
  /** False once the patches were taken back: who wrapped ours since still holds it. */
  readonly isOn: () => boolean;
}

/** `invoke` and `batch`: a scope from the call to the end of its promise. */
export function wrapCall(
  effects: CallEffects,
  name: "invoke" | "batch",
): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, name, args);
      if (!scope) return original.apply(this, args);
      return settleWith(effects, scope, () => original.apply(this, args));
    };
}

/**
 * Opens the scope of a patched call. Undefined when the call is to go through untouched: we are off,
 * it is `super.invoke()` of a call that has its scope already, or inside a root that is not sampled.
 */
export function open(
  { collector, here, isOn, discover }: CallEffects,
  self: unknown,
  method: MethodName,
  args: readonly unknown[],
): Scope | undefined {
  if (!isOn() || typeof self !== "object" || self === null) return undefined;
  try {
    discover(self);
    const current = here();
    if (current && isSuperCall(current, self, method, args[0])) return undefined;
    if (current && isPlumbing(self)) return undefined;
    if (current?.call?.sampled === false && current.call.state === "open") return undefined;
    return collector.openScope(self, method, args[0], current, parentRunIdOf(args[1]));
  } catch (cause) {
    debug("opening a scope failed: %o", cause);
    return undefined;
  }
}

/** LangGraph's own callables ask not to be traced; what they call hangs under what called them. */
function isPlumbing(self: object): boolean {
  return (self as { trace?: unknown }).trace === false;
}

function isSuperCall(current: Scope, self: object, method: MethodName, input: unknown): boolean {
  return (
    current.self === self &&
    current.method === method &&
    current.span === undefined &&
    !current.driver &&
    !current.settled &&
    Object.is(current.input, input)
  );
}

/**
 * Runs the call in its scope and settles the scope with it. The promise handed back is derived from
 * the original one, not a second branch of it: a rejection nobody handles stays unhandled.
 */
function settleWith(effects: CallEffects, scope: Scope, call: () => unknown): unknown {
  let result: unknown;
  try {
    result = effects.runInScope(scope, call);
  } catch (error) {
    settle(effects, scope, { kind: "thrown", error });
    throw error;
  }
  if (!isPromise(result)) {
    settle(effects, scope, { kind: "returned", value: result });
    return result;
  }
  return result.then(
    (value) => {
      settle(effects, scope, { kind: "returned", value });
      return value;
    },
    (error) => {
      settle(effects, scope, { kind: "thrown", error });
      throw error;
    },
  );
}

export function settle({ collector }: CallEffects, scope: Scope, outcome: Outcome): void {
  try {
    collector.settle(scope, outcome);
  } catch (cause) {
    debug("settling a scope failed: %o", cause);
  }
}

export function isPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    // A getter of the app throws: it does so again where the app reads it.
    return false;
  }
}
