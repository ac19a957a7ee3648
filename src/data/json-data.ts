import { types } from "node:util";
import { attempt } from "../base/show.js";
import { isForeignPlain } from "./built-ins.js";

/**
 * Whether a value is the same after `JSON.stringify` and `JSON.parse`: a text, a finite number, true, false, null, or an array
 * or object of them. False for `-0`, for undefined fields, for instances of classes, and for a value that contains itself.
 */
export function isJsonData(value: unknown): boolean {
  // A getter may throw, and a value that contains itself overflows the stack.
  return attempt(() => isData(value)) ?? false;
}

function isData(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object") return typeof value === "string" || typeof value === "boolean";
  if (value === null) return true;
  if (Array.isArray(value)) return isList(value) && value.every(isData);
  if (!isFields(value)) return false;
  return Reflect.ownKeys(value).every((key) => typeof key === "string" && isData(value[key]));
}

/** False for a list with holes, and for one with other fields, such as the result of `String.match()`. */
function isList(value: readonly unknown[]): boolean {
  return Object.keys(value).length === value.length && value.constructor?.name === "Array";
}

function isFields(value: object): value is Record<string | symbol, unknown> {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignPlain(prototype);
}

/**
 * Copies the arrays and plain objects of a value, so that a change of the copy does not change the value. Other objects, such as
 * instances of classes, proxies and objects that cannot be read, are the same in the copy. Returns the value itself if it is too
 * deep.
 */
export function copyJsonData<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  return (attempt(() => copyOf(value, new Map())) as T | undefined) ?? value;
}

/** @param copies the objects that are copied already: a value may contain one twice, or itself. */
function copyOf(value: object, copies: Map<object, object>): object {
  const known = copies.get(value);
  if (known) return known;
  // A getter may throw. Then only this object is not copied.
  const copy = types.isProxy(value) ? undefined : attempt(() => shallowCopy(value));
  if (!copy) return value;
  copies.set(value, copy);
  const inner = (field: unknown) =>
    typeof field === "object" && field !== null ? copyOf(field, copies) : field;
  if (Array.isArray(copy)) for (const [index, item] of copy.entries()) copy[index] = inner(item);
  else for (const name of Object.keys(copy)) copy[name] = inner(copy[name]);
  return copy;
}

/** Undefined for an object that is neither an array nor a plain object. */
function shallowCopy(value: object): Record<string, unknown> | unknown[] | undefined {
  if (Array.isArray(value)) return isList(value) ? value.slice() : undefined;
  if (!isFields(value)) return undefined;
  return Object.getPrototypeOf(value) ? { ...value } : Object.assign(Object.create(null), value);
}
