import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

/**
 * Unwraps a value that LangChain wrapped for its handlers: they receive `{ input: "x" }` for `"x"`, and the same for
 * every value that is not a dictionary. A dictionary of the app with this one key looks the same.
 */
export function uncoerce(
  value: unknown,
  key: "input" | "output",
): { value: unknown; undone: boolean } {
  // Checks the key first, since listing the keys of ten million bytes takes seconds.
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
    return { value, undone: false };
  }
  if (Object.keys(value).length !== 1) return { value, undone: false };
  const inner: unknown = (value as Record<string, unknown>)[key];
  return isDictionary(inner) ? { value, undone: false } : { value: inner, undone: true };
}

/** Whether LangChain passes a value to handlers without wrapping it. */
export function isDictionary(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** A tool's input arrives as text. Parses it if it is the JSON of a dictionary or list. */
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

/** Whether the value is a model's tool call. A tool can be invoked with one. */
export function isToolCall(
  value: unknown,
): value is { readonly id?: unknown; readonly args?: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { type?: unknown }).type === "tool_call"
  );
}
