import { debuglog } from "node:util";
import { shared } from "./process-state.js";

/** Shown with NODE_DEBUG=mlflow. */
export const debug = debuglog("mlflow");

interface LogState {
  silent: boolean;
  /** Keys of the warnings that were written. */
  readonly warned: Set<string>;
  /** Takes secrets out of a line. */
  clean?: (line: string) => string;
}

const state = shared("log", (): LogState => ({ silent: false, warned: new Set() }));

/** `silent: true` keeps every line off stderr. */
export function setSilent(silent: boolean): void {
  state.silent = silent;
}

export function isSilent(): boolean {
  return state.silent;
}

/** Lines name errors, runs and objects of the app: `clean` takes secrets out of them. */
export function cleanLinesWith(clean: (line: string) => string): void {
  state.clean = clean;
}

/** Writes a warning to stderr in one line, once for each key. */
export function warnOnce(key: string, message: string): void {
  debug("%s", message);
  if (state.silent || state.warned.has(key)) return;
  state.warned.add(key);
  writeLine(`langchain-mlflow: ${message}`);
}

/** Writes one line to stderr. Ignores a closed stderr. */
function writeLine(line: string): void {
  try {
    process.stderr.write(`${state.clean?.(line) ?? line}\n`);
  } catch {
    // The host closed its stderr.
  }
}

/** Instrumentation must never break the app: whatever `fn` throws is noted, and `undefined` returned. */
export function guard<A extends unknown[], R>(
  what: string,
  fn: (...args: A) => R,
): (...args: A) => R | undefined {
  return (...args) => {
    try {
      return fn(...args);
    } catch (cause) {
      debug("%s failed: %o", what, cause);
      return undefined;
    }
  };
}

/** One line on stderr, but only where a person reads it. */
export function writeTerminalLine(line: string): void {
  if (!state.silent && process.stderr.isTTY) writeLine(`langchain-mlflow: ${line}`);
}
