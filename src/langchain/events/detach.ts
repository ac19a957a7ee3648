import { types } from "node:util";

/** Objects below this depth, and objects after this number, are not copied. */
const MAX_DEPTH = 20;
const MAX_OBJECTS = 20_000;

/**
 * Copies dictionaries, lists, Maps, Sets, dates, and LangChain's messages and documents, so that a change of the copy
 * does not change the app's value. Instances of other classes are not copied, since they may have private fields.
 */
export function detach(value: unknown): unknown {
  return new Copier().copy(value, 0);
}

class Copier {
  /** By original, so that shared values stay shared and circular ones stay circular. */
  readonly #copies = new Map<object, unknown>();

  copy(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
    if (this.#copies.has(value)) return this.#copies.get(value);
    if (this.#copies.size >= MAX_OBJECTS) return value;
    try {
      return this.#copyObject(value, depth);
    } catch {
      // A Proxy that throws, or a key that cannot be defined.
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
    // A list this long may be sparse, and copying it would never end.
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
      // The copy of a frozen value can be changed.
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
  const { _getType: messageType, pageContent } = value as Record<string, unknown>;
  return typeof messageType === "function" || typeof pageContent === "string";
}
