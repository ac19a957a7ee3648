import { boundedBigint } from "./plain.js";
import { Holes } from "./sparse-list.js";

/** `cutText` cleans this many characters after the cut too: a credential may continue there. */
const CLEAN_MARGIN = 1100;

/** Returns the first `kept` characters, cleaned by `clean`, and a mark with the number of missing characters. */
export function cutText(
  text: string,
  kept: number,
  clean: (text: string) => string = (head) => head,
): string {
  return `${copyOfHead(text, kept, clean)}[cut: ${text.length - kept} of ${text.length} characters]`;
}

/** A cut text of this length also has the end of the text. */
const MIN_CHARACTERS_WITH_END = 1000;
/** A credential contains none of these, so a text that starts with one does not start inside a credential. */
const OUTSIDE_CREDENTIALS = /[\s"<>`\\]/;

/** Like {@link cutText}, but the last quarter of the `kept` characters is the end of the text. */
export function cutMiddle(text: string, kept: number, clean: (text: string) => string): string {
  const isHeader = /^(?:bearer|basic) /i.test(text);
  if (kept < MIN_CHARACTERS_WITH_END || isHeader) return cutText(text, kept, clean);
  const end = text.slice(text.length - Math.floor(kept / 4));
  const start = end.search(OUTSIDE_CREDENTIALS);
  if (start < 0) return cutText(text, kept, clean);
  const tail = end.slice(start);
  const head = copyOfHead(text, kept - tail.length, clean);
  const mark = `[cut: ${text.length - kept} of ${text.length} characters]`;
  return `${head}${mark}${copyOf(clean(tail))}`;
}

function copyOfHead(text: string, kept: number, clean: (text: string) => string): string {
  return copyOf(clean(text.slice(0, kept + CLEAN_MARGIN)).slice(0, kept));
}

/** A slice would keep the whole text in memory, a copy does not. */
function copyOf(slice: string): string {
  return Buffer.from(slice).toString();
}

const MAX_NAME_CHARACTERS = 200;

/** Returns the name of an object's class, or `Object` if it cannot be read. */
export function nameOfClass(value: object): string {
  return nameOr("Object", () => (value as { readonly constructor?: unknown }).constructor);
}

export function nameOfFunction(value: unknown): string {
  return nameOr("anonymous", () => value);
}

function nameOr(fallback: string, read: () => unknown): string {
  try {
    const name = (read() as { readonly name?: unknown } | undefined)?.name;
    if (typeof name !== "string" || name === "") return fallback;
    return name.length > MAX_NAME_CHARACTERS ? cutText(name, MAX_NAME_CHARACTERS) : name;
  } catch {
    return fallback;
  }
}

const MAX_THROWN_BYTES = 20_000;
const MAX_THROWN_ITEMS = 1000;
const MAX_THROWN_DEPTH = 5;

/**
 * Returns what `String(thrown)` returns, but only the first items of a list: JavaScript would convert all of them,
 * and read every hole of a sparse list. Throws what the value's own `toString` throws.
 */
export function textOfThrown(thrown: unknown): string {
  return thrownText(thrown, 0, { items: 0 });
}

/** `counter` counts the items of all lists, because lists in lists multiply. */
function thrownText(value: unknown, depth: number, counter: { items: number }): string {
  if (Array.isArray(value)) return thrownList(value, depth, counter);
  if (ArrayBuffer.isView(value) && value.byteLength > MAX_THROWN_BYTES) {
    return `[${nameOfClass(value)} of ${value.byteLength} bytes]`;
  }
  return String(typeof value === "bigint" ? boundedBigint(value) : value);
}

function thrownList(list: readonly unknown[], depth: number, counter: { items: number }): string {
  if (depth > MAX_THROWN_DEPTH) return "[dropped: too deep]";
  const holes = new Holes(list);
  const texts: string[] = [];
  for (let index = 0; index < list.length; index += 1) {
    counter.items += 1;
    if (counter.items > MAX_THROWN_ITEMS) {
      texts.push(`[dropped: ${list.length - index} more items]`);
      break;
    }
    const count = holes.countFrom(index);
    if (count > 0) {
      texts.push(`[${count} empty items]`);
      index += count - 1;
    } else texts.push(thrownText(list[index] ?? "", depth + 1, counter));
  }
  return texts.join();
}
