/** The place of a field, for error messages: `[1].model_kwargs.seed`. */
export function fieldPath(at: string, key: string): string {
  return key.startsWith("[") || at === "" ? `${at}${key}` : `${at}.${key}`;
}

/** A sequence stores its steps in three fields. Error messages count them as one list. */
export function stepNames(
  id: readonly unknown[],
  kwargs: { readonly middle?: unknown },
): Readonly<Record<string, string>> {
  if (id.at(-1) !== "RunnableSequence") return {};
  const between = Array.isArray(kwargs.middle) ? kwargs.middle.length : 0;
  return { first: "[0]", middle: "[1…]", last: `[${between + 1}]` };
}
