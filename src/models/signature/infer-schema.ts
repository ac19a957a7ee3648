import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../trace/plain.js";
import { inferItems, inferType, isNothing } from "./infer-type.js";
import { type ColSpec, Schema } from "./schema.js";

/**
 * The schema of example data: an object's fields are columns, a list of objects is rows, any other
 * list is one column of them. Mirrors Python's inference from dicts, lists and scalars.
 */
export function inferSchema(data: Plain | undefined): Schema {
  if (isPlainObject(data)) {
    const entries = Object.entries(data);
    return new Schema(
      entries.map(([name, value]) => ({ type: inferType(value), name, required: isThere(value) })),
    );
  }
  if (!isPlainArray(data)) return new Schema([{ type: inferType(data), required: true }]);
  // As MLflow has it since ever: of an empty list nothing is known, and it is taken for texts.
  if (data.length === 0) return new Schema([{ type: { type: "string" }, required: true }]);
  if (data.every(isPlainObject)) return inferRows(data as readonly PlainObject[]);
  return new Schema([{ type: inferItems(data), required: true }]);
}

function inferRows(rows: readonly PlainObject[]): Schema {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return new Schema(
    names.map((name): ColSpec => {
      const values = rows.filter((row) => Object.hasOwn(row, name)).map((row) => row[name]);
      const required = rows.every((row) => !isNothing(row[name]));
      return { type: inferItems(values), name, required };
    }),
  );
}

function isThere(value: Plain | undefined): boolean {
  if (isPlainArray(value)) return !value.some(isNothing);
  return !isNothing(value);
}
