import { AsyncLocalStorage } from "node:async_hooks";

/** What tracing cannot do without: browsers, edge runtimes and the like may lack it. */
const NEEDED: Readonly<Record<string, () => unknown>> = {
  "AsyncLocalStorage.snapshot": () => AsyncLocalStorage.snapshot,
  "AsyncLocalStorage.run": () => AsyncLocalStorage.prototype.run,
  "process.on": () => process.on,
};

/** The names of what this runtime lacks; empty on every Node.js that is supported. */
export function missingApis(): string[] {
  return Object.keys(NEEDED).filter((name) => !isThere(NEEDED[name]));
}

function isThere(read: (() => unknown) | undefined): boolean {
  try {
    return typeof read?.() === "function";
  } catch {
    return false;
  }
}
