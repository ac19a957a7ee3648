import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../base/process-state.js";
import type { Scope } from "./scope.js";

/** None on a runtime that lacks it: importing us must not fail there, and autolog() stays off. */
const scopes = shared("scopes", () =>
  typeof AsyncLocalStorage === "function" ? new AsyncLocalStorage<Scope>() : undefined,
);

/** The innermost patched call we are in. */
export function currentScope(): Scope | undefined {
  return scopes?.getStore();
}

/** Calls `fn` so that what it starts, now or later, finds itself in this scope. */
export function runInScope<T>(scope: Scope, fn: () => T): T {
  return scopes ? scopes.run(scope, fn) : fn();
}
