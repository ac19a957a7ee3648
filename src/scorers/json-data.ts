import { isDeepStrictEqual } from "node:util";

/** Copies a value as JSON data, so that values of the app, of a trace and of a file can be compared. */
function jsonData(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, field) =>
    typeof field === "bigint" ? Number(field) : field,
  );
  return text === undefined ? undefined : JSON.parse(text);
}

/** Whether two values are the same JSON data. The order of fields does not count. */
export function isSameData(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(jsonData(one), jsonData(other));
}
