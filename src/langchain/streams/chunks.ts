import { isLiteral, ownField, setField } from "../../data/plain.js";

const MAX_CHUNKS = 10_000;
const MAX_CHARACTERS = 4_000_000;
/** How deep the characters of a chunk are counted. */
const MAX_DEPTH = 4;
const MAX_FIELDS = 50;

/** The first chunks of a stream, up to a number of chunks and an estimated number of characters. */
export class KeptChunks {
  readonly chunks: unknown[] = [];
  /** The number of chunks beyond the limits. */
  dropped = 0;
  #characters = 0;

  /** Releases the chunks: the app may keep a reference to the stream after its end. */
  clear(): void {
    this.chunks.length = 0;
  }

  /** Whether the chunks are bytes. */
  get isBinary(): boolean {
    return this.chunks[0] instanceof Uint8Array;
  }

  add(chunk: unknown): void {
    const isFull = this.chunks.length >= MAX_CHUNKS || this.#characters >= MAX_CHARACTERS;
    if (isFull) this.dropped += 1;
    else {
      this.chunks.push(chunk);
      this.#characters += charactersOf(chunk, { fields: MAX_FIELDS }, MAX_DEPTH);
    }
  }
}

function charactersOf(value: unknown, left: { fields: number }, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth === 0) return 0;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  // joinChunks() copies every item, and every hole of a sparse array.
  if (Array.isArray(value) && value.length > MAX_CHARACTERS) return value.length;
  // The other fields of a message are many and small.
  const content = dataField(value, "content");
  if (typeof content === "string") return content.length;
  const names = Array.isArray(value) ? value.keys() : Object.keys(value);
  let characters = 0;
  for (const name of names) {
    left.fields -= 1;
    if (left.fields < 0) break;
    characters += charactersOf(dataField(value, name), left, depth - 1);
  }
  return characters;
}

/** Ignores getters, which may run code of the app. */
function dataField(value: object, name: string | number): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/**
 * Joins the chunks of a stream into one value: texts and lists are concatenated, messages are joined with their own
 * `concat`, dictionaries are merged key by key, and of values of different kinds the later one is kept. Returns the
 * chunks themselves if joining fails or a list is too long.
 */
export function joinChunks(chunks: unknown): unknown {
  if (!Array.isArray(chunks)) return chunks;
  if (chunks.length === 0) return undefined;
  try {
    if (chunks.every((chunk) => typeof chunk === "string")) return chunks.join("");
    if (chunks.every((chunk) => chunk instanceof Uint8Array)) return Buffer.concat(chunks);
    // The values created here are changed in place. Copies would take quadratic time.
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
  if (isLiteral(first) && isLiteral(second)) return joinDictionaries(first, second, made);
  return second;
}

/** A longer list may be sparse, and copying it item by item would never end. */
const MAX_JOINED_ITEMS = 4_000_000;

function joinLists(first: unknown[], second: readonly unknown[], made: Set<unknown>): unknown[] {
  if (first.length + second.length > MAX_JOINED_ITEMS) throw new RangeError("Too many items");
  const joined = made.has(first) ? first : [...first];
  made.add(joined);
  for (const item of second) joined.push(item);
  return joined;
}

/** A `concat` may change its object, so the app's object is copied first. */
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
    const before = ownField(joined, key);
    const after = before === undefined ? value : join(before, value, made);
    if (key === "__proto__") setField(joined, key, after);
    else joined[key] = after;
  }
  return joined;
}

function hasConcat(value: unknown): value is { concat(other: unknown): unknown } {
  return isObject(value) && !Array.isArray(value) && typeof value.concat === "function";
}

function isObject(value: unknown): value is Dictionary {
  return typeof value === "object" && value !== null;
}
