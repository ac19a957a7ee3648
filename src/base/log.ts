import { stripVTControlCharacters } from "node:util";
import { shared } from "./process-state.js";
import { debug, writeToStderr } from "./stderr.js";

export { debug };

interface LogState {
  silent: boolean;
  /** The keys of the warnings that were logged. */
  readonly warned: Set<string>;
  /** Removes secrets from a line. */
  clean?: (line: string) => string;
}

const state = shared("log", (): LogState => ({ silent: false, warned: new Set() }));

/** Turns warnings and other lines on stderr off or on. Does not affect `NODE_DEBUG=mlflow`. */
export function setSilent(silent: boolean): void {
  state.silent = silent;
}

export function isSilent(): boolean {
  return state.silent;
}

/** Sets the function that removes secrets from lines. Lines contain names and error messages of the app. */
export function cleanLinesWith(clean: (line: string) => string): void {
  state.clean = clean;
}

/** Logs a warning to stderr in one line, once per key. Only the rows of a table have lines of their own. */
export function warnOnce(key: string, message: string, table: readonly string[] = []): void {
  logWarning(message, state.warned.has(key), table);
  if (!state.silent) state.warned.add(key);
}

/** Logs a warning to stderr, in one line beside the rows of a table. `isLogged`: only to `NODE_DEBUG=mlflow`. */
export function logWarning(message: string, isLogged = false, table: readonly string[] = []): void {
  // A message may contain a text of a server, which must not control the terminal.
  const shown = stripVTControlCharacters(message).replace(/\s*\p{Cc}\s*/gu, " ");
  const lines = [shown, ...table].join("\n");
  const cleaned = state.clean?.(lines) ?? lines;
  debug("%s", cleaned);
  if (!state.silent && !isLogged) writeLine(`langchain-mlflow: ${cleaned}`);
}

/** Writes one line to stderr. Ignores errors. */
function writeLine(line: string): void {
  writeToStderr(`${state.clean?.(line) ?? line}\n`);
}

/** Wraps a function so that it never throws into the app: it logs an error with `debug` and returns undefined. */
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

/** Writes one line to stderr if stderr is a terminal. */
export function writeTerminalLine(line: string): void {
  if (!state.silent && process.stderr.isTTY) writeLine(`langchain-mlflow: ${line}`);
}
