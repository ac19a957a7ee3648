import { invalidParameter } from "../../errors.js";
import type { Plain, PlainObject } from "../../trace/plain.js";
import { isPlainObject } from "../../trace/plain.js";
import { ANY, type ColumnType, objectType } from "./column-type.js";
import { mergeTypes } from "./merge-types.js";

const MULTIPLE_TYPES =
  "Expected all values in list to be of same type, with null and empty ones among them";

/** The type of an example value: null and what is empty tell nothing, whole numbers are long. */
export function inferType(value: Plain | undefined): ColumnType {
  if (isNothing(value)) return ANY;
  if (Array.isArray(value)) return value.length === 0 ? ANY : inferArray(value);
  if (isPlainObject(value)) return inferObject(value);
  return { type: inferScalar(value as Exclude<Plain, Plain[] | PlainObject | null>) };
}

/** Null, or a number that is none. */
export function isNothing(value: Plain | undefined): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value);
}

function inferObject(value: PlainObject): ColumnType {
  const entries = Object.entries(value);
  if (entries.length === 0) return ANY;
  return objectType(
    Object.fromEntries(
      entries.map(([name, one]) => {
        const type = inferType(one);
        return [name, { ...type, required: type.type !== "any" }];
      }),
    ),
  );
}

/** The type of the items of a list that has some. */
export function inferItems(values: readonly (Plain | undefined)[]): ColumnType {
  try {
    return values.map(inferType).reduce(mergeTypes);
  } catch (cause) {
    throw invalidParameter(`${MULTIPLE_TYPES}. ${(cause as Error).message}.`);
  }
}

function inferArray(values: readonly Plain[]): ColumnType {
  return { type: "array", items: inferItems(values) };
}

function inferScalar(value: boolean | number | bigint | string | object) {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "bigint":
      return "long";
    case "number":
      return Number.isInteger(value) ? "long" : "double";
    case "string":
      return "string";
    default:
      return value instanceof Date ? "datetime" : "binary";
  }
}
