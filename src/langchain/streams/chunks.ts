import { setField } from "../../data/plain.js";

/**
 * What a stream's chunks amount to: text is joined, lists follow one another, messages are
 * concatenated by their own `concat`, dictionaries merged key by key; of what does not go together
 * the later one stands. Where joining fails, or lists are too long for it, the chunks as they are.
 */
export function joinChunks(chunks: unknown): unknown {
  if (!Array.isArray(chunks)) return chunks;
  if (chunks.length === 0) return undefined;
  try {
    if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("");
    // What was made here may be added to in place: else a long stream of lists took quadratic time.
    const made = new Set<unknown>();
    return chunks.reduce((joined, chunk) => join(joined, chunk, made));
  } catch {
    return chunks;
  }
}

function join(first: unknown, second: unknown, made: Set<unknown>): unknown {
  if (typeof first === "string" && typeof second === "string") return first + second;
  if (Array.isArray(first) && Array.isArray(second)) return joinLists(first, second, made);
  if (hasConcat(first)) return concatenated(first, second, made);
  if (isDictionary(first) && isDictionary(second)) return joinDictionaries(first, second, made);
  return second;
}

/** A longer list may be sparse, and copying it item by item would not end. */
const MAX_JOINED_ITEMS = 4_000_000;

function joinLists(first: unknown[], second: readonly unknown[], made: Set<unknown>): unknown[] {
  if (first.length + second.length > MAX_JOINED_ITEMS) throw new RangeError("Too many items");
  const joined = made.has(first) ? first : [...first];
  made.add(joined);
  for (const item of second) joined.push(item);
  return joined;
}

/** A `concat` may change its object, and the first one is the app's: a copy of it takes its place. */
function concatenated(
  first: { concat(other: unknown): unknown },
  second: unknown,
  made: Set<unknown>,
): unknown {
  const fields = Object.getOwnPropertyDescriptors(first);
  const own = made.has(first) ? first : Object.create(Object.getPrototypeOf(first), fields);
  const joined: unknown = own.concat(second);
  if (joined !== second) made.add(joined);
  return joined;
}

type Dictionary = Record<string, unknown>;

function joinDictionaries(first: Dictionary, second: Dictionary, made: Set<unknown>): Dictionary {
  const joined = made.has(first) ? first : { ...first };
  made.add(joined);
  for (const [key, value] of Object.entries(second)) {
    const before = Object.hasOwn(joined, key) ? joined[key] : undefined;
    const after = before === undefined ? value : join(before, value, made);
    if (key === "__proto__") setField(joined, key, after);
    else joined[key] = after;
  }
  return joined;
}

function hasConcat(value: unknown): value is { concat(other: unknown): unknown } {
  return isObject(value) && !Array.isArray(value) && typeof value.concat === "function";
}

/** Instances of classes are not taken apart. */
function isDictionary(value: unknown): value is Dictionary {
  if (!isObject(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isObject(value: unknown): value is Dictionary {
  return typeof value === "object" && value !== null;
}
