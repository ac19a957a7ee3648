import type { Scope } from "../../recording/call.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

export interface CallerEffects {
  readonly here: () => Scope | undefined;
  readonly runInScope: <T>(scope: Scope, fn: () => T) => T;
  readonly addUndo: (undo: Undo) => void;
}

/**
 * Binds each job of an `AsyncCaller`, through which LangChain's models send requests, to the scope it was added in. Its
 * queue runs a waiting job in the async context of the job that ended before.
 */
export class CallerPatcher {
  readonly #effects: CallerEffects;
  readonly #patched = new WeakSet<object>();

  constructor(effects: CallerEffects) {
    this.#effects = effects;
  }

  /** Patches the class of this object's caller, if it has one. */
  patchCallerOf(self: object): void {
    const { caller } = self as { caller?: unknown };
    if (typeof caller !== "object" || caller === null) return;
    const prototype = Object.getPrototypeOf(caller);
    if (this.#patched.has(prototype)) return;
    const { here, runInScope, addUndo } = this.#effects;
    const undo = wrapOwnMethod(prototype, "call", (original: Method): Method => {
      return function (this: unknown, job: unknown, ...args: unknown[]) {
        const scope = here();
        if (!scope || typeof job !== "function") return original.call(this, job, ...args);
        const bound = (...inner: unknown[]) => runInScope(scope, () => job(...inner));
        return original.call(this, bound, ...args);
      };
    });
    this.#patched.add(prototype);
    addUndo(() => {
      undo?.();
      this.#patched.delete(prototype);
    });
  }
}
