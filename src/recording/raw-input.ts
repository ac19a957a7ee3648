import type { OpenSpan } from "./open-span.js";
import type { Scope } from "./scope.js";

/**
 * What the Runnable itself was called with. LangChain shows handlers `{ input: "x" }` for `"x"`;
 * the scope saw which of the two it was. Undefined where no scope can tell.
 */
export function rawInputOf(span: OpenSpan): { readonly value: unknown } | undefined {
  const scope = span.scope;
  if (!scope) return undefined;
  if (scope.span === span) return rawInputOfScope(scope);
  const { batch } = scope;
  if (!batch || span.parent || !Array.isArray(batch.inputs)) return undefined;
  return { value: batch.inputs[batch.calls.indexOf(span.call)] };
}

/** What a scope's method was called with; a `transform` is called with a generator nobody has read yet. */
export function rawInputOfScope(scope: Scope): { readonly value: unknown } | undefined {
  if (scope.method !== "transform") return { value: scope.input };
  // `stream(x)` of some classes hands `transform` a generator that yields x.
  const { parent } = scope;
  const isSame = parent?.method === "stream" && parent.self === scope.self;
  return isSame ? { value: parent.input } : undefined;
}
