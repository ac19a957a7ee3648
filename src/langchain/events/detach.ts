import { types } from "node:util";
import type { Live } from "./read.js";

/** Objects below this depth, and those after this number, are not copied. */
const MAX_DEPTH = 20;
const MAX_OBJECTS = 20_000;

/**
 * A copy whose reader can change it without changing the app's value: of dictionaries, lists, Maps, Sets and
 * dates, and of LangChain's messages and documents. Instances of other classes are not copied, since they may
 * have private fields. A trace policy receives such a copy.
 */
export function detach(value: unknown): unknown {
  return new Copier().copy(value, 0);
}

class Copier {
  /** By original: what is shared, or holds itself, stays so. */
  readonly #copies = new Map<object, unknown>();

  copy(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    if (this.#copies.size >= MAX_OBJECTS) return value;
    try {
      return this.#copyObject(value, depth);
    } catch {
      // A hostile Proxy, or a key that cannot be defined.
      return value;
    }
  }

  #copyObject(value: object, depth: number): unknown {
    if (types.isDate(value)) return this.#note(value, new Date(value));
    if (types.isMap(value)) {
      const copy = this.#note(value, new Map());
      for (const [key, entry] of value) copy.set(key, this.copy(entry, depth + 1));
      return copy;
    }
    if (types.isSet(value)) {
      const copy = this.#note(value, new Set());
      for (const member of value) copy.add(this.copy(member, depth + 1));
      return copy;
    }
    if (Array.isArray(value)) return this.#copyList(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    return isPlain || isMessageOrDocument(value) ? this.#copyFields(value, depth) : value;
  }

  #copyList(list: readonly unknown[], depth: number): unknown {
    // A list this long may be sparse, and then copying it has no end.
    if (list.length > MAX_OBJECTS) return list;
    const copy: unknown[] = this.#note(list, new Array(list.length));
    list.forEach((item, index) => {
      copy[index] = this.copy(item, depth + 1);
    });
    return copy;
  }

  #copyFields(value: object, depth: number): object {
    const copy: object = this.#note(value, Object.create(Object.getPrototypeOf(value)));
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
      // Frozen values are copied too, and a copy may be changed.
      const open =
        "value" in descriptor
          ? { writable: true, value: this.copy(descriptor.value, depth + 1) }
          : {};
      Object.defineProperty(copy, key, { ...descriptor, ...open, configurable: true });
    }
    return copy;
  }

  #note<T>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }
}

function isMessageOrDocument(value: object): boolean {
  const { _getType: messageType, pageContent } = value as Live;
  return typeof messageType === "function" || typeof pageContent === "string";
}
