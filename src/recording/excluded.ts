import type { Scope } from "./call.js";
import { unrecordedScope } from "./place.js";
import { runInScope } from "./scopes.js";

/** A scope in which nothing is traced. LangChain gets no handler in it, as in a trace that is not sampled. */
export function excludedScope(): Scope {
  return unrecordedScope({ self: {}, method: "span", input: undefined }, "excluded");
}

/**
 * Calls a function that the app has set for traces, such as a filter or a hook. What it calls is not traced. Otherwise each
 * of these calls would call the function again.
 */
export function runExcluded<T>(fn: () => T): T {
  return runInScope(excludedScope(), fn);
}
