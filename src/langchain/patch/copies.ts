import { createRequire } from "node:module";
import { join } from "node:path";
import ritm from "require-in-the-middle";
import { guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import type { CoreClasses } from "./core-classes.js";
import { watchImport } from "./load-hook.js";
import { coreVersionAt } from "./versions.js";
import type { Undo } from "./wrap.js";

/** One module of a copy of core. */
export interface Copy {
  readonly classes: CoreClasses;
  /** Its file or URL, if known. */
  readonly path: string | undefined;
  /** The version, if it is known and the path does not lead to it. */
  readonly version: string | undefined;
}

/** Returns the reason if the copy is not patched. */
export type OnCopy = (copy: Copy) => NotPatched | undefined;

export interface NotPatched {
  readonly reason: string;
  readonly fix: string;
}

/** Shared by the process. A later watcher also receives the copies that were found earlier. */
interface Watch {
  /** By class, since the same copy may be found in several ways. */
  readonly found: Map<object, Copy>;
  /** The classes that `onCopy` did not patch. */
  readonly refused: Map<object, NotPatched>;
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
  for (const [key, copy] of [...watch.found]) pass(watch, key, copy);
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
export function addCopy(classes: CoreClasses, path?: string, version?: string): void {
  const watch = getWatch();
  const key =
    classes.CallbackManager ?? classes.Runnable ?? classes.AsyncLocalStorageProviderSingleton;
  if (key === undefined || watch.found.has(key)) return;
  const copy = { classes, path, version };
  watch.found.set(key, copy);
  pass(watch, key, copy);
}

function pass(watch: Watch, key: object, copy: Copy): void {
  const refusal = watch.onCopy?.(copy);
  if (refusal) watch.refused.set(key, refusal);
  else watch.refused.delete(key);
}

/** A module of core that was found. `refusal` is undefined if it is patched. */
export interface FoundModule {
  readonly path: string | undefined;
  readonly version: string | undefined;
  readonly refusal: NotPatched | undefined;
}

export const AUTOLOG_IS_OFF: NotPatched = { reason: "autolog is off", fix: "call autolog()" };

/** The modules of core that were found in this process. */
export function foundModules(): readonly FoundModule[] {
  const { found, refused, onCopy } = getWatch();
  return [...found].map(([key, { path, version }]) => ({
    path,
    version: version ?? (path === undefined ? undefined : coreVersionAt(path)),
    refusal: onCopy ? refused.get(key) : AUTOLOG_IS_OFF,
  }));
}

/**
 * Whether a copy came with `modules` and without the class that reads the storage of calls. Its reads then look like
 * those of a copy that is not patched.
 */
export function hasUnmarkedCopy(): boolean {
  const unnamed = [...getWatch().found.values()].filter(({ path }) => path === undefined);
  const isMarked = unnamed.some(({ classes }) => classes.AsyncLocalStorageProviderSingleton);
  return unnamed.length > 0 && !isMarked;
}

function getWatch(): Watch {
  return shared("copies", (): Watch => {
    return { found: new Map(), refused: new Map(), onCopy: undefined, unhook: undefined };
  });
}

/** Calls `check` after `waitMs` and when the process ends. Does not keep the process alive. */
export function checkLater(check: () => void, waitMs: number): void {
  setTimeout(check, waitMs).unref();
  shared("check at exit", () => process.on("exit", check));
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
  const requireHook = new ritm.Hook(CJS_MODULES, (exports, name, folder) => {
    const file = folder && join(folder, name.slice("@langchain/core/".length));
    onRequired(exports as CoreClasses, file);
    return exports;
  });
  return () => requireHook.unhook();
}
