import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

// Answers are read field by field: what is missing or of another type than today's servers send is empty.

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

/** An object of strings, as protobuf's maps come. */
export function stringsOf(value: Plain | undefined): Record<string, string> {
  const entries = Object.entries(objectOf(value));
  return Object.fromEntries(entries.map(([key, entry]) => [key, textOf(entry)]));
}

/** A list of `{ key, value }`, as MLflow writes tags and params, as a record. */
export function pairsOf(value: Plain | undefined): Record<string, string> {
  const pairs = listOf(value).map(objectOf);
  return Object.fromEntries(pairs.map(({ key, value }) => [textOf(key), textOf(value)]));
}

/** The other way. */
export function toPairs(
  record: Readonly<Record<string, string>>,
): { readonly key: string; readonly value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
