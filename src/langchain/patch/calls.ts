import { debug, guard } from "../../base/log.js";
import type { Call, Scope } from "../../recording/call.js";
import type { Collector } from "../../recording/collector.js";
import type { Method as MethodName } from "../../recording/method.js";
import type { Outcome } from "../../recording/outcome.js";
import { isExcluded } from "../events/root-call.js";
import { describeCaller } from "../events/session.js";
import { parentRunIdOf } from "./managers.js";
import type { Method } from "./wrap.js";

export interface CallEffects {
  readonly collector: Collector;
  readonly here: () => Scope | undefined;
  readonly runInScope: <T>(scope: Scope, fn: () => T) => T;
  /** Called with every object whose patched method is called. Its class may still be unpatched. */
  readonly discover: (self: object) => void;
  /** False once the patches are undone: the wrapper of another library may still call ours. */
  readonly isOn: () => boolean;
}

/** Wraps `invoke` and `batch`. The scope lasts until the returned promise settles. */
export function wrapCall(
  effects: CallEffects,
  name: "invoke" | "batch",
): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, name, args);
      if (!scope) return original.apply(this, args);
      return observe(
        () => effects.runInScope(scope, () => original.apply(this, args)),
        (value) =>
          settle(effects, scope, { kind: "returned", value, returnsErrors: returnsErrors(args) }),
        (error) => settle(effects, scope, { kind: "thrown", error }),
      );
    };
}

/** Whether a batch returns the errors of its items. */
function returnsErrors([, , options]: readonly unknown[]): boolean {
  return (options as { returnExceptions?: unknown } | undefined | null)?.returnExceptions === true;
}

/**
 * Opens the scope of a patched call. Returns undefined for a call that needs none: the patches are off, it is the
 * `super.invoke()` of a call that already has a scope, or it is inside a root that is not sampled.
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
    if (current && isUntraced(self)) return undefined;
    if (current?.call?.sampled === false && current.call.state === "open") return undefined;
    const [input, config] = args;
    const called = { self, method, input, config, isExcluded: isExcluded(self, config) };
    const scope = collector.openScope(called, current, parentRunIdOf(config));
    scope.config = config;
    if (config && scope.call?.root === scope) describeCallerOf(scope.call, config);
    return scope;
  } catch (cause) {
    debug("opening a scope failed: %o", cause);
    return undefined;
  }
}

/** From version 1.4 on, core no longer copies `configurable` into the metadata that handlers receive. */
const describeCallerOf = guard("the session of a call", (call: Call, config: object) =>
  describeCaller(call, (config as { readonly configurable?: unknown }).configurable),
);

/** LangGraph sets `trace: false` on its internal callables. Their child calls belong to the call around them. */
function isUntraced(self: object): boolean {
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

export function settle({ collector }: CallEffects, scope: Scope, outcome: Outcome): void {
  try {
    collector.settle(scope, outcome);
  } catch (cause) {
    debug("settling a scope failed: %o", cause);
  }
}

/**
 * Runs a call and reports its outcome. Returns the derived promise, not the original one, so that a rejection without a
 * handler is reported as unhandled.
 */
export function observe(
  call: () => unknown,
  returned: (value: unknown) => void,
  thrown: (error: unknown) => void,
): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    thrown(error);
    throw error;
  }
  const then = thenOf(result);
  if (!then) {
    returned(result);
    return result;
  }
  return then.call(
    result,
    (value: unknown) => {
      returned(value);
      return value;
    },
    (error: unknown) => {
      thrown(error);
      throw error;
    },
  );
}

/** Reads `then` only once, since it may be a getter of the app. */
function thenOf(value: unknown): Method | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const { then } = value as { then?: unknown };
    return typeof then === "function" ? (then as Method) : undefined;
  } catch {
    return undefined;
  }
}
