/** An escaped backslash, or the escape of a lone surrogate. `JSON.stringify` writes surrogate pairs unescaped. */
const BACKSLASH_OR_SURROGATE = /\\(?:\\|ud[89a-f][0-9a-f]{2})/g;

/**
 * Writes a value as JSON, with U+FFFD for each lone surrogate, as in spans. A text that was cut within an emoji ends with one.
 * Servers refuse the escape of a lone surrogate, or store null for the text.
 *
 * Returns and throws the same as `JSON.stringify` otherwise: undefined for a function, an error for a value that contains itself.
 */
export function wellFormedJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  // Undefined for a function, for example. Most texts have no such escape.
  if (!text?.includes("\\ud")) return text;
  return text.replace(BACKSLASH_OR_SURROGATE, (found) => (found === "\\\\" ? found : "\ufffd"));
}
