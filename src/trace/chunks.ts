/**
 * What a stream's chunks amount to: text is joined, messages are concatenated by their own
 * `concat`, dictionaries merged key by key. Undefined where they do not go together.
 */
export function joinChunks(chunks: unknown): unknown {
  if (!Array.isArray(chunks)) return chunks;
  if (chunks.length === 0) return undefined;
  try {
    return chunks.every((chunk) => typeof chunk === "string")
      ? chunks.join("")
      : chunks.reduce((joined, chunk) => join(joined, chunk));
  } catch {
    return chunks;
  }
}

function join(first: unknown, second: unknown): unknown {
  if (typeof first === "string" && typeof second === "string") return first + second;
  if (Array.isArray(first) && Array.isArray(second)) return [...first, ...second];
  if (hasConcat(first)) return first.concat(second);
  if (isDictionary(first) && isDictionary(second)) {
    const merged: Record<string, unknown> = { ...first };
    for (const [key, value] of Object.entries(second)) {
      merged[key] = key in merged ? join(merged[key], value) : value;
    }
    return merged;
  }
  return second;
}

function hasConcat(value: unknown): value is { concat(other: unknown): unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    "concat" in value &&
    typeof value.concat === "function"
  );
}

function isDictionary(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
