import { types } from "node:util";
import { isForeignPlain } from "../data/built-ins.js";
import { readLangChain } from "../langchain/events/read.js";

export type Fields = Readonly<Record<string, unknown>>;

/** Whether this is an object literal, of this realm or of another. */
export function isPlainFields(value: object): value is Fields {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || isForeignPlain(prototype);
}

/**
 * The fields of a value that counts as a dictionary: an object literal, or a LangChain object in its dump form. Undefined for
 * any other value.
 */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return isPlainFields(value) ? value : readObject(value);
}

function readObject(value: object): Fields | undefined {
  const read = readLangChain(value) as Record<string, unknown> | undefined;
  // Traces mask keys in a tool's error. Here the value is returned to its owner, so it is not masked.
  if (read && "content" in read) read.content = (value as { content?: unknown }).content;
  return read;
}

/**
 * Replaces LangChain's objects, at any depth of arrays and object literals, by their dump form (MLflow's
 * `convert_to_serializable`). Other values are unchanged.
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

/** The names of the fields. A field that is `undefined` counts as missing, as in JSON. */
export function namesOf(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== undefined);
}

/** An array, or the items of a typed array. Undefined for any other value, and for bytes. */
export function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!ArrayBuffer.isView(value) || types.isUint8Array(value) || types.isDataView(value)) return;
  return Array.from(value as unknown as ArrayLike<unknown>);
}

/** Whether this counts as one value, as numpy's scalars do. Dates and bytes do. */
export function isScalar(value: unknown): boolean {
  if (typeof value !== "object") return !["undefined", "function", "symbol"].includes(typeof value);
  return types.isDate(value) || types.isUint8Array(value);
}
