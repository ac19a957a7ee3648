import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { base64, dateText, type Plain, setField } from "../data/plain.js";
import { fieldsOf } from "../models/dump.js";

/** Returns the data for a value that has no JSON form, or throws. */
type ReadOther = (value: unknown, path: string) => Plain;

/**
 * A copy of a value of the app as JSON data. Dates become texts, bytes become base64, and LangChain's messages and documents become
 * their fields. Fields that are undefined are omitted.
 *
 * @param what the place of the value, for errors.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that JSON does not have, such as a function or a circle.
 */
export function jsonDataOf(value: unknown, what: string): Plain {
  return read(value, what, [], (other, path) => {
    throw invalidParameter(`${path} cannot be stored as JSON, got ${show(other)}.`);
  });
}

/** The same for any value. A value that JSON does not have, or that cannot be read, is described by a text. Never throws. */
export function describedDataOf(value: unknown): Plain {
  return attempt(() => read(value, "", [], show)) ?? show(value);
}

function read(value: unknown, path: string, outer: readonly object[], readOther: ReadOther): Plain {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : readOther(value, path);
  if (/^(string|boolean|bigint)$/.test(typeof value)) return value as Plain;
  if (typeof value !== "object" || outer.includes(value)) return readOther(value, path);
  if (types.isDate(value)) return dateText(value);
  if (types.isUint8Array(value)) return base64(value);
  const inner = [...outer, value];
  if (Array.isArray(value)) {
    return value.map((item, index) => read(item, `${path}[${index}]`, inner, readOther));
  }
  const entries = attempt(() => entriesOf(value));
  if (!entries) return readOther(value, path);
  const copy: Record<string, Plain> = {};
  for (const [name, field] of entries) {
    if (field !== undefined) setField(copy, name, read(field, `${path}.${name}`, inner, readOther));
  }
  return copy;
}

/** Undefined for a value that is no dictionary. @throws what a getter of the app throws. */
function entriesOf(value: object): [string, unknown][] | undefined {
  const fields = fieldsOf(value);
  return fields && Object.entries(fields);
}
