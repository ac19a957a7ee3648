import type { OpenSpan } from "./open-span.js";

/**
 * What the Runnable itself was called with. LangChain shows handlers `{ input: "x" }` for `"x"`;
 * the scope saw which of the two it was. Undefined where no scope can tell.
 */
export function rawInputOf(span: OpenSpan): { readonly value: unknown } | undefined {
  const scope = span.scope;
  if (!scope) return undefined;
  if (scope.span === span) {
    if (scope.method !== "transform") return { value: scope.input };
    // `stream(x)` of some classes hands `transform` a generator that yields x.
    const { parent } = scope;
    const isSame = parent?.method === "stream" && parent.self === scope.self;
    return isSame ? { value: parent.input } : undefined;
  }
  const { batch } = scope;
  if (!batch || span.parent || !Array.isArray(batch.inputs)) return undefined;
  return { value: batch.inputs[batch.calls.indexOf(span.call)] };
}
