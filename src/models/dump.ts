import { types } from "node:util";
import { isForeignPlain } from "../data/built-ins.js";
import { readLangChain } from "../langchain/events/read.js";

export type Fields = Readonly<Record<string, unknown>>;

/** An object literal, of this realm or another. */
export function isPlainFields(value: object): value is Fields {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignPlain(prototype);
}

/**
 * The fields of what counts as a dictionary: an object literal, or a LangChain object in the form
 * LangChain dumps it in. Undefined for all else.
 */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return isPlainFields(value) ? value : readObject(value);
}

function readObject(value: object): Fields | undefined {
  const read = readLangChain(value) as Record<string, unknown> | undefined;
  // Traces mask keys in a tool's error; here the value goes back to its owner.
  if (read && "content" in read) read.content = (value as { content?: unknown }).content;
  return read;
}

/**
 * LangChain's objects in their dump form (MLflow's `convert_to_serializable`), at any depth of arrays
 * and object literals; everything else stays what it is.
 */
export function dump(value: unknown, path: readonly object[] = []): unknown {
  if (typeof value !== "object" || value === null || path.includes(value)) return value;
  const inner = [...path, value];
  if (Array.isArray(value)) return value.map((item) => dump(item, inner));
  const fields = fieldsOf(value);
  if (!fields) return value;
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, dump(field, inner)]),
  );
}

/** A field that is `undefined` is not there, as in JSON. */
export function namesOf(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== undefined);
}

/** A list, or a vector of numbers; undefined for all else. */
export function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!ArrayBuffer.isView(value) || types.isUint8Array(value) || types.isDataView(value)) return;
  return Array.from(value as unknown as ArrayLike<unknown>);
}

/** numpy's scalars, and dates, which are one value here. */
export function isScalar(value: unknown): boolean {
  if (typeof value !== "object") return !["undefined", "function", "symbol"].includes(typeof value);
  return types.isDate(value) || types.isUint8Array(value);
}
