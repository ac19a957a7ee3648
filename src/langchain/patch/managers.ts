import { guard } from "../../base/log.js";
import type { CallbackListeners } from "../events/callbacks.js";
import type { CoreClasses } from "./core-classes.js";
import { createLeanConfigure } from "./lean-configure.js";
import { setPatchedRead } from "./unreached.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

/** The members of LangChain's `CallbackManager` that we use. */
interface ManagerLike {
  readonly handlers: readonly unknown[];
  copy(): ManagerLike;
  addHandler(handler: unknown, inherit?: boolean): void;
  removeHandler(handler: unknown): void;
  getParentRunId?(): string | undefined;
}

export interface ManagerEffects {
  readonly handler: object;
  readonly listeners: Required<CallbackListeners>;
  readonly isOurs: (handler: unknown) => boolean;
  /** Whether the manager that is being configured starts no run. Each call asks once. */
  readonly takeContextRead: () => boolean;
  /** Whether to record the run that is being configured. */
  readonly isOn: () => boolean;
}

/**
 * Patches `CallbackManager._configureSync`, which every run of every Runnable, tool, retriever, model and graph calls.
 * Adds our handler to the inheritable handlers. The app's own arrays and managers are not changed.
 */
export function patchManager(
  CallbackManager: object,
  classes: CoreClasses,
  effects: ManagerEffects,
): Undo | undefined {
  const { handler, listeners, isOurs, isOn, takeContextRead } = effects;
  const has = (callbacks: unknown) => handlersOf(callbacks).some(isOurs);
  const addHandler = guard("adding the handler", (inheritable: unknown, local: unknown) => ({
    callbacks: has(inheritable) || has(local) ? inheritable : withHandler(inheritable, handler),
  }));
  // Another patch may have removed our handler, or the app may have passed a second one of ours to a step. Two of them
  // would count each token twice.
  const keepOne = guard("checking a manager", (manager: unknown) => {
    if (!isManager(manager)) return;
    const ours = manager.handlers.filter(isOurs);
    if (ours.length === 1) return;
    for (const one of ours) manager.removeHandler(one);
    // Keeps the last one, which is the step's own: its options apply, and the others already recorded this trace.
    manager.addHandler(ours.at(-1) ?? handler, true);
  });
  return wrapOwnMethod(CallbackManager, "_configureSync", (original: Method): Method => {
    const lean = createLeanConfigure(classes, original, handler, listeners);
    const createLean = lean && guard("configuring a manager", lean.create);
    const readLean = lean && guard("reading a manager", lean.read);
    return function (this: unknown, ...args: unknown[]) {
      if (takeContextRead()) {
        const read = readLean?.(args);
        return read === undefined ? original.apply(this, args) : (read ?? undefined);
      }
      if (!isOn()) return original.apply(this, args);
      const created = createLean?.(args);
      if (created) return created;
      const [inheritable, local, ...rest] = args;
      const { callbacks } = addHandler(inheritable, local) ?? { callbacks: inheritable };
      const manager = original.call(this, callbacks, local, ...rest);
      keepOne(manager);
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

/** The parent run in a config. LangChain sets it in the manager that it passes to a child. */
export function parentRunIdOf(config: unknown): string | undefined {
  const callbacks = (config as { callbacks?: unknown } | undefined | null)?.callbacks;
  if (!isManager(callbacks)) return undefined;
  return callbacks.getParentRunId?.();
}

/**
 * Recognizes the managers that LangChain's `runWithConfig` configures for each chunk of a stream, only to read the parent
 * run and the LangSmith tracer. No run starts there, so the manager needs neither our handler nor a copy of its own.
 */
export class ContextReads {
  #isContextRead = false;

  /** Whether the manager that is being configured is one of them. Resets the answer. */
  take(): boolean {
    const isContextRead = this.#isContextRead;
    this.#isContextRead = false;
    return isContextRead;
  }

  patch(provider: object): Undo | undefined {
    const reads = this;
    return wrapOwnMethod(provider, "runWithConfig", (original: Method): Method => {
      return function (this: unknown, config: unknown, callback: unknown, ...rest: unknown[]) {
        if (typeof callback !== "function") return original.call(this, config, callback, ...rest);
        // Without a reset, the first run in the callback would be mistaken for a context read if no manager was configured.
        const call = () => {
          reads.#isContextRead = false;
          return callback();
        };
        reads.#isContextRead = true;
        try {
          return original.call(this, config, call, ...rest);
        } finally {
          reads.#isContextRead = false;
        }
      };
    });
  }
}

/** Marks the reads of the storage of calls by this copy, which distinguishes them from those of copies not patched. */
export function markReads(provider: object): Undo | undefined {
  return wrapOwnMethod(provider, "getInstance", (original: Method): Method => {
    return function (this: unknown, ...args: unknown[]) {
      setPatchedRead(true);
      try {
        return original.apply(this, args);
      } finally {
        setPatchedRead(false);
      }
    };
  });
}
