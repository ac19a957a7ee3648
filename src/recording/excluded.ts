import type { Scope } from "./call.js";
import { unrecordedScope } from "./place.js";
import { runInScope } from "./scopes.js";

/** A scope in which nothing is traced. LangChain gets no handler in it, as in a trace that is not sampled. */
export function excludedScope(): Scope {
  return unrecordedScope({ self: {}, method: "span", input: undefined }, "excluded");
}

/** Calls a function of the app that decides on traces or changes them. What it calls is not traced: it would be called again for that. */
export function runExcluded<T>(fn: () => T): T {
  return runInScope(excludedScope(), fn);
}
