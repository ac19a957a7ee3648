import { types } from "node:util";
import { invalidParameter } from "../../base/errors.js";
import { type Fields, fieldsOf } from "../dump.js";
import { pythonTypeName } from "../python-text.js";
import {
  ANY,
  type DataType,
  isDataType,
  isRequired,
  type ObjectType,
  objectType,
  type Property,
  propertiesOf,
  type SchemaType,
} from "./schema-type.js";

const INT64_LIMIT = 2 ** 63;

/** The types of the items of typed arrays. */
const VECTORS: readonly (readonly [DataType, (value: unknown) => boolean])[] = [
  ["double", types.isFloat64Array],
  ["float", types.isFloat32Array],
  ["long", (value) => types.isBigInt64Array(value) || types.isBigUint64Array(value)],
  ["long", types.isUint32Array],
  ["integer", (value) => types.isInt32Array(value) || types.isInt16Array(value)],
  ["integer", (value) => types.isInt8Array(value) || types.isUint16Array(value)],
];

/**
 * Infers the type of a value, as MLflow does. Whole numbers are `long`, other numbers are `double`, a Date is `datetime`, and bytes
 * are `binary`. Null, undefined, NaN, `[]` and `{}` are `any`. LangChain's objects are read in their dump form.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value without a type, such as a list of items of different types.
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
  if (path.includes(value)) throw invalidParameter("A value that contains itself has no type.");
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

/** Infers the common type of all items; `any` if there are no items. */
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

const MULTIPLE_TYPES =
  "Expected all values in the list to be of the same type. To specify a model signature with a list " +
  "containing elements of multiple types, define the signature manually using the array type with items " +
  'of type "any".';

/** Numeric types, from narrow to wide. JavaScript has one number type, so numbers of several types get the widest type. */
const WIDTHS: readonly DataType[] = ["integer", "long", "float", "double"];

/**
 * Returns the type that both types fit, as MLflow merges the types of a list's items: `any` and another type give the other type,
 * and a property that only one of two objects has is optional.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when both fit only `any`.
 */
export function mergeTypes(one: SchemaType, other: SchemaType): SchemaType {
  // The fast path: most items of a list have the same type.
  if (isSame(one, other)) return one;
  if (one.type === "any") return mergeWithAny(other);
  if (other.type === "any") return mergeWithAny(one);
  if (one.type === "array" && other.type === "array") {
    return { type: "array", items: mergeTypes(one.items, other.items) };
  }
  if (one.type === "map" && other.type === "map") {
    return { type: "map", values: mergeTypes(one.values, other.values) };
  }
  if (one.type === "object" && other.type === "object") return mergeObjects(one, other);
  if (isDataType(one.type) && isDataType(other.type)) {
    return { type: mergeScalars(one.type, other.type) };
  }
  throw invalidParameter(MULTIPLE_TYPES);
}

function isSame(one: SchemaType, other: SchemaType): boolean {
  if (one.type === "array" && other.type === "array") return isSame(one.items, other.items);
  if (one.type === "map" && other.type === "map") return isSame(one.values, other.values);
  if (one.type !== "object" || other.type !== "object") return one.type === other.type;
  const names = Object.keys(one.properties);
  if (names.length !== Object.keys(other.properties).length) return false;
  return names.every((name) => {
    const [property, like] = [one.properties[name], other.properties[name]];
    if (!property || !like || isRequired(property) !== isRequired(like)) return false;
    return isSame(property, like);
  });
}

function mergeScalars(one: DataType, other: DataType): DataType {
  if (one === other) return one;
  const widths = [WIDTHS.indexOf(one), WIDTHS.indexOf(other)];
  if (widths.includes(-1)) throw invalidParameter(MULTIPLE_TYPES);
  // A float has 24 significant bits, fewer than a long.
  if (widths.includes(WIDTHS.indexOf("float"))) return "double";
  return WIDTHS[Math.max(...widths)] as DataType;
}

/** The type of a value that can be null. All properties of an object are optional then. */
function mergeWithAny(type: SchemaType): SchemaType {
  return type.type === "object"
    ? objectType(propertiesOf(type).map(([name, property]) => [name, optional(property)]))
    : type;
}

function optional(property: Property): Property {
  return { ...property, required: false };
}

function mergeObjects(one: ObjectType, other: ObjectType): ObjectType {
  const merged = new Map(propertiesOf(one));
  const others = new Map(propertiesOf(other));
  for (const [name, property] of merged) {
    if (!others.has(name)) merged.set(name, optional(property));
  }
  for (const [name, property] of others) {
    const known = merged.get(name);
    merged.set(name, known ? mergeProperties(known, property) : optional(property));
  }
  return objectType(merged);
}

function mergeProperties(one: Property, other: Property): Property {
  const type = mergeTypes(withoutRequired(one), withoutRequired(other));
  return { ...type, required: isRequired(one) && isRequired(other) };
}

function withoutRequired({ required: _, ...type }: Property): SchemaType {
  return type;
}
