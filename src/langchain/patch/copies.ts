import { createRequire } from "node:module";
import ritm from "require-in-the-middle";
import { guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { watchImport } from "./load-hook.js";
import type { CoreClasses } from "./patch-core.js";
import type { Undo } from "./wrap.js";

/** One module of a copy of core, as it was found. */
export interface Copy {
  readonly classes: CoreClasses;
  /** Its file or URL, or the folder of its package, where that is known. */
  readonly path: string | undefined;
}

export type OnCopy = (copy: Copy) => void;

/** One in a process: whoever watches later is also told what was found earlier. */
interface Watch {
  /** By class: one that is met again, in whatever way, is the same copy. */
  readonly found: Map<object, Copy>;
  onCopy: OnCopy | undefined;
  unhook: Undo | undefined;
}

const CJS_FILE =
  /[\\/]@langchain[\\/]core[\\/]dist[\\/](callbacks[\\/]manager|runnables[\\/]base|singletons[\\/]async_local_storage[\\/]index)\.cjs$/;

/** In every version; the bare package name would miss copies without a main entry. */
const CJS_MODULES = [
  "@langchain/core/dist/callbacks/manager.cjs",
  "@langchain/core/dist/runnables/base.cjs",
  "@langchain/core/dist/singletons/async_local_storage/index.cjs",
];

/**
 * Tells of every copy of core in this process, however it is loaded: those found before at once, the
 * others as they come. There is one watcher: a later one takes the place of the earlier.
 */
export function watchCopies(onCopy: OnCopy): void {
  const watch = getWatch();
  watch.onCopy = onCopy;
  for (const copy of [...watch.found.values()]) onCopy(copy);
  guard("loaded copies", findLoadedCopies)();
  // What it was told may have made it stop watching, or hand over to another.
  if (watch.onCopy === onCopy) watch.unhook ??= hook();
}

/** Takes the hooks back. Copies that were found stay known. */
export function stopWatchingCopies(): void {
  const watch = getWatch();
  watch.onCopy = undefined;
  watch.unhook?.();
  watch.unhook = undefined;
}

export function isWatchingCopies(): boolean {
  return getWatch().onCopy !== undefined;
}

/** Takes in a module of core that was found in whatever way. */
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

/** What `require` has loaded already. */
function findLoadedCopies(): void {
  // Any absolute path will do: the cache is the same everywhere.
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
  const see = guard("require", addCopy);
  const requireHook = new ritm.Hook(CJS_MODULES, (exports, _name, folder) => {
    see(exports as CoreClasses, folder);
    return exports;
  });
  return () => requireHook.unhook();
}
