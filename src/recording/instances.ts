import type { Scope } from "./scope.js";

/** Which Runnable a serialized form came from: LangChain hands handlers only that form. */
export interface Instances {
  readonly add: (serialized: object, self: object) => void;
  readonly of: (serialized: unknown) => object | undefined;
}

/**
 * Mostly a Runnable is serialized in its own scope, which then remembers the form; a WeakMap of all
 * forms would cost each run, and the garbage collector, several times as much.
 */
export function createInstances(here: () => Scope | undefined): Instances {
  const others = new WeakMap<object, object>();
  return {
    add(serialized, self) {
      const scope = here();
      if (scope?.serialized === serialized) return;
      if (scope?.self === self && !scope.serialized) scope.serialized = serialized;
      else others.set(serialized, self);
    },
    of(serialized) {
      if (typeof serialized !== "object" || serialized === null) return undefined;
      const scope = here();
      return scope?.serialized === serialized ? scope.self : others.get(serialized);
    },
  };
}
