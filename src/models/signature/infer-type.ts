import { types } from "node:util";
import { invalidParameter } from "../../base/errors.js";
import { type Fields, fieldsOf } from "../dump.js";
import { pythonTypeName } from "../python-text.js";
import { mergeTypes } from "./merge-types.js";
import { ANY, type DataType, objectType, type SchemaType } from "./schema-type.js";

const INT64_LIMIT = 2 ** 63;

/** The items of the language's number vectors. */
const VECTORS: readonly (readonly [DataType, (value: unknown) => boolean])[] = [
  ["double", types.isFloat64Array],
  ["float", types.isFloat32Array],
  ["long", (value) => types.isBigInt64Array(value) || types.isBigUint64Array(value)],
  ["long", types.isUint32Array],
  ["integer", (value) => types.isInt32Array(value) || types.isInt16Array(value)],
  ["integer", (value) => types.isInt8Array(value) || types.isUint16Array(value)],
];

/**
 * The type MLflow infers for a value: whole numbers are `long`, others `double`; a Date is `datetime`, bytes are
 * `binary`; null, undefined, NaN, `[]` and `{}` tell nothing and are `any`; LangChain's objects are read in their
 * dump form. Throws INVALID_PARAMETER_VALUE for what has no type, such as a list of unlike items.
 */
export function inferType(value: unknown, path: readonly object[] = []): SchemaType {
  switch (typeof value) {
    case "undefined":
      return ANY;
    case "string":
    case "boolean":
      return { type: typeof value as "string" | "boolean" };
    case "bigint":
      return { type: "long" };
    case "number":
      return inferNumber(value);
    case "object":
      return value === null ? ANY : inferObject(value, path);
    default:
      throw invalidParameter(`Data of type ${typeof value} is not one of the supported DataType`);
  }
}

function inferNumber(value: number): SchemaType {
  if (Number.isNaN(value)) return ANY;
  const isLong = Number.isInteger(value) && Math.abs(value) < INT64_LIMIT;
  return { type: isLong ? "long" : "double" };
}

function inferObject(value: object, path: readonly object[]): SchemaType {
  if (path.includes(value)) throw invalidParameter("A value that holds itself has no type.");
  const inner = [...path, value];
  if (types.isDate(value)) return { type: "datetime" };
  if (types.isUint8Array(value) || types.isAnyArrayBuffer(value)) return { type: "binary" };
  const vector = VECTORS.find(([, test]) => test(value));
  if (vector) return { type: "array", items: { type: vector[0] } };
  if (Array.isArray(value)) return inferArray(value, inner);
  const fields = fieldsOf(value);
  if (fields) return inferFields(fields, inner);
  throw invalidParameter(
    `Data of type ${pythonTypeName(value)} is not one of the supported DataType`,
  );
}

function inferArray(list: readonly unknown[], path: readonly object[]): SchemaType {
  if (list.length === 0) return ANY;
  return { type: "array", items: inferItems(list, path) };
}

/** The one type of all the items; `any` where none of them tells. */
export function inferItems(list: readonly unknown[], path: readonly object[] = []): SchemaType {
  let merged: SchemaType | undefined;
  for (const item of list) {
    const type = inferType(item, path);
    merged = merged ? mergeTypes(merged, type) : type;
  }
  return merged ?? ANY;
}

function inferFields(fields: Fields, path: readonly object[]): SchemaType {
  const entries = Object.entries(fields);
  if (entries.length === 0) return ANY;
  return objectType(
    entries.map(([name, field]) => {
      const type = inferType(field, path);
      return [name, { ...type, required: type.type !== "any" }];
    }),
  );
}
