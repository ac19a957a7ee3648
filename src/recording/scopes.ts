import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../base/process-state.js";
import type { OpenSpan, Scope } from "./call.js";

/** Undefined on a runtime without AsyncLocalStorage: there autolog() stays off, but importing the package must work. */
const scopes = shared("scopes", () =>
  typeof AsyncLocalStorage === "function" ? new AsyncLocalStorage<Scope>() : undefined,
);

/** What is done around the code of every scope, beside making it the current one. */
const around = shared("aroundScopes", () => ({
  run: undefined as (<T>(scope: Scope, fn: () => T) => T) | undefined,
  /** Receives each scope before its code runs. */
  enter: undefined as ((scope: Scope) => void) | undefined,
}));

/** Sets, or removes, what is done around the code of scopes from now on. */
export function setAroundScopes(run: typeof around.run): void {
  around.run = run;
}

/** Sets, or removes, the function that receives each scope before its code runs. It must not throw. */
export function setEnterScope(enter: typeof around.enter): void {
  around.enter = enter;
}

/** The innermost patched call that is running here. */
export function currentScope(): Scope | undefined {
  return scopes?.getStore();
}

/** Calls `fn` with `scope` as the current scope of everything that `fn` starts. Undefined: without a scope. */
export function runInScope<T>(scope: Scope | undefined, fn: () => T): T {
  // An AsyncLocalStorage accepts undefined, but its type does not.
  if (!scope) return scopes ? scopes.exit(fn) : fn();
  const { run, enter } = around;
  enter?.(scope);
  const inner = run ? () => run(scope, fn) : fn;
  return scopes ? scopes.run(scope, inner) : inner();
}

/** Finds the Runnable of a serialized form, since LangChain passes only that form to handlers. */
export interface Instances {
  readonly add: (serialized: object, self: object) => void;
  readonly of: (serialized: unknown) => object | undefined;
}

/**
 * Most Runnables are serialized in their own scope, which then keeps the form. Only the others use a WeakMap: one with
 * all forms would slow down each run, and garbage collection, several times as much.
 */
export function createInstances(here: () => Scope | undefined): Instances {
  const others = new WeakMap<object, object>();
  return {
    add(serialized, self) {
      const scope = here();
      if (scope?.serialized === serialized) return;
      if (scope?.self === self && !scope.serialized) scope.serialized = serialized;
      else others.set(serialized, self);
    },
    of(serialized) {
      if (typeof serialized !== "object" || serialized === null) return undefined;
      const scope = here();
      return scope?.serialized === serialized ? scope.self : others.get(serialized);
    },
  };
}

/**
 * The value that the Runnable was called with. LangChain passes `{ input: "x" }` to handlers both for `"x"` and for
 * `{ input: "x" }`; only the scope has the original. Undefined if no scope has it.
 */
export function rawInputOf(span: OpenSpan): { readonly value: unknown } | undefined {
  const scope = span.scope;
  if (!scope) return undefined;
  if (scope.span === span) return rawInputOfScope(scope);
  const { batch } = scope;
  if (!batch || span.parent || !Array.isArray(batch.inputs)) return undefined;
  return { value: batch.inputs[batch.calls.indexOf(span.call)] };
}

/** The value that the scope's method was called with. For `transform` that is a generator, which is not read here. */
export function rawInputOfScope(scope: Scope): { readonly value: unknown } | undefined {
  if (scope.method !== "transform") return { value: scope.input };
  // `stream(x)` of some classes calls `transform` with a generator that yields x.
  const { parent } = scope;
  const isSame = parent?.method === "stream" && parent.self === scope.self;
  return isSame ? { value: parent.input } : undefined;
}
