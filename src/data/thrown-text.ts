import { nameOfClass } from "./class-name.js";
import { boundedBigint } from "./plain.js";
import { Holes } from "./sparse-list.js";

const MAX_BYTES = 20_000;
const MAX_ITEMS = 1000;
const MAX_DEPTH = 5;

/**
 * What `String(thrown)` returns, but of a list only the first items. JavaScript would convert all of
 * them, and read all holes of a sparse list. Throws what the value's own `toString` throws.
 */
export function textOfThrown(thrown: unknown): string {
  return new Text().of(thrown, 0);
}

class Text {
  /** Of all lists together: lists in lists multiply. */
  #items = 0;

  of(value: unknown, depth: number): string {
    if (Array.isArray(value)) return this.#list(value, depth);
    if (ArrayBuffer.isView(value) && value.byteLength > MAX_BYTES) {
      return `[${nameOfClass(value)} of ${value.byteLength} bytes]`;
    }
    return String(typeof value === "bigint" ? boundedBigint(value) : value);
  }

  #list(list: readonly unknown[], depth: number): string {
    if (depth > MAX_DEPTH) return "[dropped: too deep]";
    const holes = new Holes(list);
    const texts: string[] = [];
    for (let index = 0; index < list.length; index += 1) {
      this.#items += 1;
      if (this.#items > MAX_ITEMS) {
        texts.push(`[dropped: ${list.length - index} more items]`);
        break;
      }
      const count = holes.countFrom(index);
      if (count > 0) {
        texts.push(`[${count} empty items]`);
        index += count - 1;
      } else texts.push(this.of(list[index] ?? "", depth + 1));
    }
    return texts.join();
  }
}
