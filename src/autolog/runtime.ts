import { AsyncLocalStorage } from "node:async_hooks";
import { warnOnce } from "../base/log.js";

/** What tracing cannot do without: browsers, edge runtimes and the like may lack it. */
const NEEDED: Readonly<Record<string, () => unknown>> = {
  "AsyncLocalStorage.snapshot": () => AsyncLocalStorage.snapshot,
  "AsyncLocalStorage.run": () => AsyncLocalStorage.prototype.run,
  "process.on": () => process.on,
};

/** True on every Node.js that is supported; else it is told, once, what this runtime lacks. */
export function isRuntimeSupported(): boolean {
  const missing = Object.keys(NEEDED).filter((name) => !isThere(NEEDED[name]));
  if (missing.length === 0) return true;
  warnOnce("runtime", `tracing is off: this runtime has no ${missing.join(", no ")}.`);
  return false;
}

function isThere(read: (() => unknown) | undefined): boolean {
  try {
    return typeof read?.() === "function";
  } catch {
    return false;
  }
}
