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
  const head = clean(text.slice(0, kept + CLEAN_MARGIN)).slice(0, kept);
  // A slice would keep the whole text in memory, a copy does not.
  const copy = Buffer.from(head).toString();
  return `${copy}[cut: ${text.length - kept} of ${text.length} characters]`;
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
