import { guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { CHILD_CONFIG, SHARED_STORAGE } from "./shared-storage.js";
import { rootOfCore } from "./versions.js";
import type { Undo } from "./wrap.js";

interface Storage {
  run(entered: unknown, callback: unknown, ...args: unknown[]): unknown;
}

interface Unreached {
  /** The folder of a package, or the file of a bundle. */
  readonly paths: Set<string>;
  /** True while a patched copy of core enters the storage. */
  isPatchedRun: boolean;
}

const state = shared("unreached", (): Unreached => ({ paths: new Set(), isPatchedRun: false }));

/** The copies of core that are in use and could not be patched. */
export function unreachedPaths(): readonly string[] {
  return [...state.paths];
}

/** Called when a patched copy of core starts and ends to enter the storage. */
export function setPatchedRun(isPatchedRun: boolean): void {
  state.isPatchedRun = isPatchedRun;
}

export interface StorageEffects {
  /** Whether the callbacks of a call come from a patched copy. */
  readonly isPatched: (callbacks: unknown) => boolean;
  /** Whether a call is recorded here if its copy is patched. */
  readonly isTracing: () => boolean;
  readonly onUnreached: () => void;
}

/**
 * Records the first copy of core that runs a call without being patched. LangGraph, and core's own `context`, create a
 * storage that all copies share and enter for each call. A copy that runs without such a storage is not noticed.
 */
export function watchStorage({ isPatched, isTracing, onUnreached }: StorageEffects): Undo {
  const registry = globalThis as { [SHARED_STORAGE]?: Storage | undefined };
  let isDone = false;
  const onRun = guard("checking a run", (entered: unknown, run: Storage["run"]) => {
    if (isDone || state.isPatchedRun) return;
    const config = (entered as { extra?: Record<symbol, unknown> } | undefined)?.extra?.[
      CHILD_CONFIG
    ];
    if (typeof config !== "object" || config === null) return;
    if (isPatched((config as { callbacks?: unknown }).callbacks) || !isTracing()) return;
    isDone = true;
    const path = callerOf(run);
    if (path === undefined) return;
    state.paths.add(rootOfCore(path) ?? path);
    onUnreached();
  });
  let undo: Undo | undefined;
  const wrap = (storage: Storage | undefined) => {
    undo = storage && wrapRun(storage, onRun);
  };
  if (registry[SHARED_STORAGE]) {
    wrap(registry[SHARED_STORAGE]);
    return () => undo?.();
  }
  const set = (value: Storage | undefined) => {
    Object.defineProperty(registry, SHARED_STORAGE, { value, writable: true });
    guard("storage", wrap)(value);
  };
  const get = () => undefined;
  Object.defineProperty(registry, SHARED_STORAGE, {
    get,
    set,
    configurable: true,
    enumerable: true,
  });
  return () => {
    if (Object.getOwnPropertyDescriptor(registry, SHARED_STORAGE)?.set === set)
      delete registry[SHARED_STORAGE];
    undo?.();
  };
}

type OnRun = (entered: unknown, run: Storage["run"]) => void;

function wrapRun(storage: Storage, onRun: OnRun): Undo | undefined {
  const original = storage.run;
  if (typeof original !== "function" || Object.hasOwn(storage, "run")) return undefined;
  const run: Storage["run"] = function (this: unknown, entered, callback, ...args) {
    onRun(entered, run);
    return original.call(this as Storage, entered, callback, ...args);
  };
  Object.defineProperty(storage, "run", { value: run, configurable: true, writable: true });
  return () => {
    const current = Object.getOwnPropertyDescriptor(storage, "run")?.value;
    if (current === run) delete (storage as Partial<Storage>).run;
  };
}

/** The file or URL of the code that called this function. */
function callerOf(callee: Storage["run"]): string | undefined {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee);
  const line = holder.stack?.split("\n")[1] ?? "";
  return /\(?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()]*?):\d+:\d+\)?$/.exec(line)?.[1];
}
