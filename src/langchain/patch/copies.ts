import { createRequire } from "node:module";
import ritm from "require-in-the-middle";
import { guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { watchImport } from "./load-hook.js";
import type { CoreClasses } from "./patch-core.js";
import type { Undo } from "./wrap.js";

/** One module of a copy of core. */
export interface Copy {
  readonly classes: CoreClasses;
  /** Its file or URL, or the folder of its package, if known. */
  readonly path: string | undefined;
}

export type OnCopy = (copy: Copy) => void;

/** Shared by the process. A later watcher also receives the copies that were found earlier. */
interface Watch {
  /** By class, since the same copy may be found in several ways. */
  readonly found: Map<object, Copy>;
  onCopy: OnCopy | undefined;
  unhook: Undo | undefined;
}

const CJS_FILE =
  /[\\/]@langchain[\\/]core[\\/]dist[\\/](callbacks[\\/]manager|runnables[\\/]base|singletons[\\/]async_local_storage[\\/]index)\.cjs$/;

/** Files, since the package name alone misses copies without a main entry. */
const CJS_MODULES = [
  "@langchain/core/dist/callbacks/manager.cjs",
  "@langchain/core/dist/runnables/base.cjs",
  "@langchain/core/dist/singletons/async_local_storage/index.cjs",
];

/**
 * Calls `onCopy` for every copy of core in this process: immediately for loaded copies, and later for each copy that
 * `import` or `require` loads. A later watcher replaces an earlier one.
 */
export function watchCopies(onCopy: OnCopy): void {
  const watch = getWatch();
  watch.onCopy = onCopy;
  for (const copy of [...watch.found.values()]) onCopy(copy);
  guard("loaded copies", findLoadedCopies)();
  // `onCopy` may have stopped watching or set another watcher.
  if (watch.onCopy === onCopy) watch.unhook ??= hook();
}

/** Removes the hooks. Remembers the copies found so far. */
export function stopWatchingCopies(): void {
  const watch = getWatch();
  watch.onCopy = undefined;
  watch.unhook?.();
  watch.unhook = undefined;
}

export function isWatchingCopies(): boolean {
  return getWatch().onCopy !== undefined;
}

/** Adds a module of core. Ignores one that is known. */
export function addCopy(classes: CoreClasses, path?: string): void {
  const watch = getWatch();
  const key =
    classes.CallbackManager ?? classes.Runnable ?? classes.AsyncLocalStorageProviderSingleton;
  if (key === undefined || watch.found.has(key)) return;
  const copy = { classes, path };
  watch.found.set(key, copy);
  watch.onCopy?.(copy);
}

function getWatch(): Watch {
  return shared("copies", (): Watch => {
    return { found: new Map(), onCopy: undefined, unhook: undefined };
  });
}

/** Adds the copies that `require` has already loaded. */
function findLoadedCopies(): void {
  // The path does not matter: all `require` functions share one cache.
  const { cache } = createRequire(process.execPath);
  for (const [file, module] of Object.entries(cache)) {
    if (CJS_FILE.test(file) && module?.loaded) addCopy(module.exports as CoreClasses, file);
  }
}

function hook(): Undo {
  const undoRequire = guard("require hook", watchRequire)();
  const undoImport = watchImport(addCopy);
  return () => {
    undoRequire?.();
    undoImport();
  };
}

function watchRequire(): Undo {
  const onRequired = guard("require", addCopy);
  const requireHook = new ritm.Hook(CJS_MODULES, (exports, _name, folder) => {
    onRequired(exports as CoreClasses, folder);
    return exports;
  });
  return () => requireHook.unhook();
}
