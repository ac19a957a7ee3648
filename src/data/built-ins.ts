import { types } from "node:util";

/** The kinds of built-in objects that have data. */
export type BuiltIn = "date" | "map" | "set" | "error" | "text" | "boxed" | "buffer" | "view";

/** Finds common objects by one look-up. Subclasses and objects of other realms need the slower `builtInOf`. */
const BY_PROTOTYPE = new Map<unknown, BuiltIn>([
  [Date.prototype, "date"],
  [Map.prototype, "map"],
  [Set.prototype, "set"],
  [Error.prototype, "error"],
  [URL.prototype, "text"],
  [RegExp.prototype, "text"],
  [Buffer.prototype, "view"],
  [Uint8Array.prototype, "view"],
  [ArrayBuffer.prototype, "buffer"],
]);

export function builtInOfPrototype(prototype: unknown): BuiltIn | undefined {
  return BY_PROTOTYPE.get(prototype);
}

const TESTS: readonly (readonly [BuiltIn, (value: object) => boolean])[] = [
  ["error", (value) => types.isNativeError(value) || value instanceof Error],
  ["date", types.isDate],
  ["map", types.isMap],
  ["set", types.isSet],
  ["view", ArrayBuffer.isView],
  ["buffer", types.isAnyArrayBuffer],
  ["boxed", types.isBoxedPrimitive],
  ["text", (value) => types.isRegExp(value) || value instanceof URL],
];

/** Also recognizes subclasses and objects of other realms. */
export function builtInOf(value: object): BuiltIn | undefined {
  return TESTS.find(([, test]) => test(value))?.[0];
}

/** Returns the first entries of a Map. Does not call the methods of a subclass: they are app code. */
export function entriesOf(map: object, max: number): [unknown, unknown][] {
  return take(Map.prototype.entries.call(map as Map<unknown, unknown>), max);
}

/** Returns the first members of a Set, in the same way. */
export function membersOf(set: object, max: number): unknown[] {
  return take(Set.prototype.values.call(set as Set<unknown>), max);
}

function take<T>(items: Iterable<T>, max: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length >= max) break;
    taken.push(item);
  }
  return taken;
}

/** Returns the primitive in a `new String("x")`. */
export function unbox(value: object): unknown {
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value);
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value);
  return Symbol.prototype.valueOf.call(value as symbol & object);
}

/** Returns false for views of bytes, such as `Uint8Array` and `DataView`. */
export function isNumberVector(view: ArrayBufferView): view is ArrayBufferView & ArrayLike<number> {
  return !(types.isUint8Array(view) || types.isUint8ClampedArray(view) || types.isDataView(view));
}

/** Recognizes the prototype of object literals of another realm, such as a `node:vm` context. */
export function isForeignPlain(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}
