import { guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { SHARED_STORAGE } from "./shared-storage.js";
import type { Undo } from "./wrap.js";

interface Reads {
  effects: ReadEffects | undefined;
  /** True while a patched copy of core reads the storage. */
  isPatchedRead: boolean;
  /** The number of reads by other code, such as langsmith. */
  others: number;
  /** The files of copies that ran a call without being patched. */
  readonly files: Set<string>;
}

const reads = shared("storage reads", (): Reads => {
  return { effects: undefined, isPatchedRead: false, others: 0, files: new Set() };
});

export interface ReadEffects {
  /** Whether a call is recorded here if its copy is patched. */
  readonly isTracing: () => boolean;
  /** Receives the file or URL of a copy, once. */
  readonly onUnreached: (file: string) => void;
}

/** The files or URLs of copies of core that ran a call and were not patched then. */
export function unreachedFiles(): readonly string[] {
  return [...reads.files];
}

/**
 * Reports each copy of core that runs a call without being patched. Every copy reads the storage that all copies share,
 * a global variable, when a call starts. LangGraph sets it; without LangGraph it is undefined. A later watcher replaces an
 * earlier one.
 */
export function watchUnreached(effects: ReadEffects): Undo {
  reads.effects = effects;
  shared("storage accessor", guard("storage", defineAccessor));
  return () => {
    if (reads.effects === effects) reads.effects = undefined;
  };
}

/** Called when a patched copy of core starts and ends to read the storage. */
export function setPatchedRead(isPatchedRead: boolean): void {
  reads.isPatchedRead = isPatchedRead;
}

/** Reads the storage for this package. Such a read is not one of a copy of core. */
export function sharedStorage(): unknown {
  reads.isPatchedRead = true;
  const storage = (globalThis as { readonly [SHARED_STORAGE]?: unknown })[SHARED_STORAGE];
  reads.isPatchedRead = false;
  return storage;
}

/** Replaces the global variable by an accessor, which stays: LangChain may keep a value in it that others read. */
function defineAccessor(): boolean {
  const registry = globalThis as { [SHARED_STORAGE]?: unknown };
  const isKnown = SHARED_STORAGE in registry;
  let value = registry[SHARED_STORAGE];
  const onRead = guard("checking a read", checkRead);
  const get = () => {
    if (reads.effects !== undefined && !reads.isPatchedRead) onRead(get);
    return value;
  };
  const set = (next: unknown) => {
    value = next;
    if (isKnown) return;
    // A variable that LangChain has set is enumerable.
    Object.defineProperty(registry, SHARED_STORAGE, { enumerable: true });
  };
  const flags = { configurable: true, enumerable: isKnown };
  Object.defineProperty(registry, SHARED_STORAGE, { get, set, ...flags });
  return true;
}

function checkRead(reader: () => unknown): void {
  reads.others += 1;
  if (!isChecked(reads.others)) return;
  const file = fileOfCall(reader);
  if (file === undefined || reads.files.has(file) || !reads.effects?.isTracing()) return;
  reads.files.add(file);
  reads.effects?.onUnreached(file);
}

/** A stack costs some microseconds, so of many reads only a few are checked. */
function isChecked(count: number): boolean {
  return count <= 200 || (count & (count - 1)) === 0;
}

/** The methods of core that read the storage for a call, with `getInstance()`. No bundler renames them. */
const METHODS = ["getRunnableConfig", "runWithConfig"];
const FRAMES = 3;

/** The file or URL of the copy of core whose call reads the storage. Undefined if the reader is not core. */
function fileOfCall(reader: () => unknown): string | undefined {
  const sites = callSites(reader);
  // langsmith, which core calls, has a method of this name too.
  const site = sites[sites.findIndex((one) => one.getMethodName() === "getInstance") + 1];
  if (!site || !METHODS.includes(site.getMethodName() ?? "")) return undefined;
  return site.getFileName() ?? site.getEvalOrigin() ?? "a text that was evaluated";
}

/** Not by the text of a stack, which names the files of source maps if the app uses them. */
function callSites(callee: () => unknown): readonly NodeJS.CallSite[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(holder, callee);
    return holder.stack ?? [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}
