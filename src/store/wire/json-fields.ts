import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

// Readers of single fields of a server's JSON. A field that is missing or has another type is read as empty.

export function textOf(value: Plain | undefined): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : "";
}

export function objectOf(value: Plain | undefined): PlainObject {
  return isPlainObject(value) ? value : {};
}

export function listOf(value: Plain | undefined): readonly Plain[] {
  return isPlainArray(value) ? value : [];
}

/** Reads an object of strings: protobuf's JSON form of a map. */
export function stringsOf(value: Plain | undefined): Record<string, string> {
  const entries = Object.entries(objectOf(value));
  return Object.fromEntries(entries.map(([key, entry]) => [key, textOf(entry)]));
}

/** Reads a list of `{ key, value }`, MLflow's form of tags and params. */
export function pairsOf(value: Plain | undefined): Record<string, string> {
  const pairs = listOf(value).map(objectOf);
  return Object.fromEntries(pairs.map(({ key, value }) => [textOf(key), textOf(value)]));
}

/** The inverse of {@link pairsOf}. */
export function toPairs(
  record: Readonly<Record<string, string>>,
): { readonly key: string; readonly value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
