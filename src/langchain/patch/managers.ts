import { guard } from "../../base/log.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

/** What we need of LangChain's `CallbackManager` and of lists of handlers. */
interface ManagerLike {
  readonly handlers: readonly unknown[];
  copy(): ManagerLike;
  addHandler(handler: unknown, inherit?: boolean): void;
  removeHandler(handler: unknown): void;
  getParentRunId?(): string | undefined;
}

export interface ManagerEffects {
  readonly handler: object;
  readonly isOurs: (handler: unknown) => boolean;
  /** Whether the run that is being configured is to be recorded. */
  readonly isOn: () => boolean;
}

/**
 * `CallbackManager._configureSync` is the one place through which every run of every Runnable, tool,
 * retriever, model and graph passes. It gets our handler as one more inheritable handler; the app's
 * own arrays and managers are never changed.
 */
export function patchManager(CallbackManager: object, effects: ManagerEffects): Undo | undefined {
  const { handler, isOurs, isOn } = effects;
  const has = (callbacks: unknown) => handlersOf(callbacks).some(isOurs);
  const hand = guard("handing over the handler", (inheritable: unknown, local: unknown) => ({
    callbacks: has(inheritable) || has(local) ? inheritable : withHandler(inheritable, handler),
  }));
  // Another patch may have thrown out what it did not know, and the app have given one of ours to a
  // step whose config brings another: two would count each token twice.
  const see = guard("looking at a manager", (manager: unknown) => {
    if (!isManager(manager)) return;
    const ours = manager.handlers.filter(isOurs);
    if (ours.length === 1) return;
    for (const one of ours) manager.removeHandler(one);
    // The step's own comes last: it has something to add, and the others have heard of this trace.
    manager.addHandler(ours.at(-1) ?? handler, true);
  });
  return wrapOwnMethod(CallbackManager, "_configureSync", (original: Method): Method => {
    return function (this: unknown, inheritable: unknown, local: unknown, ...rest: unknown[]) {
      if (!isOn()) return original.call(this, inheritable, local, ...rest);
      const handed = hand(inheritable, local) ?? { callbacks: inheritable };
      const manager = original.call(this, handed.callbacks, local, ...rest);
      see(manager);
      return manager;
    };
  });
}

function withHandler(callbacks: unknown, handler: object): unknown {
  if (callbacks === undefined || callbacks === null) return [handler];
  if (Array.isArray(callbacks)) return [...callbacks, handler];
  if (!isManager(callbacks)) return callbacks;
  const copy = callbacks.copy();
  copy.addHandler(handler, true);
  return copy;
}

function handlersOf(callbacks: unknown): readonly unknown[] {
  if (Array.isArray(callbacks)) return callbacks;
  return isManager(callbacks) ? callbacks.handlers : [];
}

function isManager(value: unknown): value is ManagerLike {
  return (
    typeof value === "object" &&
    value !== null &&
    Array.isArray((value as ManagerLike).handlers) &&
    typeof (value as ManagerLike).copy === "function"
  );
}

/** The run a config names as parent: LangChain puts it into the manager it hands to a child. */
export function parentRunIdOf(config: unknown): string | undefined {
  const callbacks = (config as { callbacks?: unknown } | undefined | null)?.callbacks;
  if (!isManager(callbacks)) return undefined;
  return callbacks.getParentRunId?.();
}
