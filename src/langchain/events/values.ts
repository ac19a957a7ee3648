import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

/**
 * Undoes what LangChain does for its handlers: it shows `{ input: "x" }` for `"x"`, and so for every
 * value that is no dictionary. Whether the dictionary was the app's own, this cannot tell.
 */
export function uncoerce(
  value: unknown,
  key: "input" | "output",
): { value: unknown; undone: boolean } {
  // The own key is looked for first: listing the keys of ten million bytes takes seconds.
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
    return { value, undone: false };
  }
  if (Object.keys(value).length !== 1) return { value, undone: false };
  const inner: unknown = (value as Record<string, unknown>)[key];
  return isDictionary(inner) ? { value, undone: false } : { value: inner, undone: true };
}

/** Whether LangChain shows a value to handlers without wrapping it. */
export function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** A tool's input arrives as text; where that is JSON of a dictionary or list, it is data. */
export function parseToolInput(input: unknown): unknown {
  if (typeof input !== "string" || !/^\s*[[{]/.test(input)) return input;
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

export function field(value: Plain | undefined, ...names: readonly string[]): Plain | undefined {
  if (!isPlainObject(value)) return undefined;
  for (const name of names) {
    const found = value[name];
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

export function textField(
  value: Plain | undefined,
  ...names: readonly string[]
): string | undefined {
  const found = field(value, ...names);
  return typeof found === "string" ? found : undefined;
}

export function isEmptyObject(value: Plain | undefined): boolean {
  return !isPlainObject(value) || Object.keys(value as PlainObject).length === 0;
}

/** A model's call of a tool, which a tool may be invoked with. */
export function isToolCall(
  value: unknown,
): value is { readonly id?: unknown; readonly args?: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { type?: unknown }).type === "tool_call"
  );
}
