import { invalidParameter, MlflowException } from "../../base/errors.js";
import { asList, type Fields, fieldsOf, isPlainFields, isScalar, namesOf } from "../dump.js";
import { pythonRepr, pythonStr, pythonTypeName } from "../python-text.js";
import { enforceColumn } from "./column.js";
import {
  type DataType,
  isDataType,
  isRequired,
  type ObjectType,
  propertiesOf,
  type SchemaType,
  typeText,
} from "./schema-type.js";

/**
 * Checks a value against a type, at any depth, and returns it, converted as MLflow does. The original is not changed.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceType(value: unknown, type: SchemaType, required = true): unknown {
  switch (type.type) {
    case "any":
      return value;
    case "array":
      return enforceArray(value, type.items, required);
    case "sparkml_vector":
      return enforceArray(value, { type: "double" }, required);
    case "object":
      return enforceObject(value, type, required);
    case "map":
      return enforceMap(value, type.values, required);
    default:
      return enforceScalar(value, type.type, required);
  }
}

function enforceScalar(value: unknown, type: DataType, required: boolean): unknown {
  const isNothing = isNull(value) || Number.isNaN(value);
  if (!required && isNothing) return null;
  if (!isScalar(value)) {
    throw invalidParameter(`Expected data to be scalar, got ${pythonTypeName(value)}`);
  }
  try {
    return enforceColumn("", [value], type)[0];
  } catch (cause) {
    throw schemaError(
      `Failed to enforce schema of data \`${pythonStr(value)}\` with dtype \`${type}\``,
      cause,
    );
  }
}

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function enforceArray(value: unknown, items: SchemaType, required: boolean): unknown {
  const list = asList(value);
  const isEmpty = isNull(value) || list?.length === 0;
  if (isEmpty && (!required || items.type === "any")) return value;
  if (!list) {
    throw invalidParameter(`Expected data to be list or numpy array, got ${pythonTypeName(value)}`);
  }
  if (isDataType(items.type)) return enforceItems(list, items.type);
  return list.map((item) => enforceType(item, items, required));
}

/** The items can be null. A list of strings must not contain nested values. */
function enforceItems(list: readonly unknown[], type: DataType): readonly unknown[] {
  const nested = list.find((item) => !isNull(item) && !isScalar(item));
  if (nested === undefined || type !== "string") return enforceColumn("", list, type, false);
  throw invalidParameter(`Expected data to be scalar, got ${pythonTypeName(nested)}`);
}

function enforceObject(value: unknown, type: ObjectType, required: boolean): unknown {
  const fields = fieldsOf(value);
  if (!required && (isNull(value) || isEmptyFields(fields))) return value;
  if (!fields) {
    throw invalidParameter(
      `Failed to enforce schema of '${pythonStr(value)}' with type '${typeText(type)}'. ` +
        `Expected data to be dictionary, got ${pythonTypeName(value)}`,
    );
  }
  const properties = new Map(propertiesOf(type));
  const given = namesOf(fields);
  const required_ = [...properties].filter(([, property]) => isRequired(property));
  const missing = required_.map(([name]) => name).filter((name) => !given.includes(name));
  if (missing.length > 0) {
    throw invalidParameter(`Missing required properties: ${setText(missing)}`);
  }
  const unknown = given.filter((name) => !properties.has(name));
  if (unknown.length > 0) {
    throw invalidParameter(
      `Invalid properties not defined in the schema found: ${setText(unknown)}`,
    );
  }
  const enforced = given.map((name) => [name, enforceProperty(name, fields, properties)] as const);
  // A message or document is passed to the model unchanged.
  return isPlainFields(value as object) ? Object.fromEntries(enforced) : value;
}

function enforceProperty(
  name: string,
  fields: Fields,
  properties: ReadonlyMap<string, SchemaType & { readonly required?: boolean }>,
): unknown {
  const property = properties.get(name);
  if (!property) return undefined;
  try {
    return enforceType(fields[name], property, isRequired(property));
  } catch (cause) {
    throw schemaError(
      `Failed to enforce schema for key \`${name}\`. Expected type ${property.type}, ` +
        `received type ${pythonTypeName(fields[name])}`,
      cause,
    );
  }
}

function enforceMap(value: unknown, values: SchemaType, required: boolean): unknown {
  const fields = fieldsOf(value);
  const isEmpty = isNull(value) || isEmptyFields(fields);
  if (isEmpty && (!required || values.type === "any")) return value;
  if (!fields) throw invalidParameter(`Expected data to be a dict, got ${pythonTypeName(value)}`);
  return Object.fromEntries(
    namesOf(fields).map((name) => [name, enforceType(fields[name], values, required)]),
  );
}

function isEmptyFields(fields: Fields | undefined): boolean {
  return fields !== undefined && namesOf(fields).length === 0;
}

function setText(names: readonly string[]): string {
  return `{${names.map(pythonRepr).join(", ")}}`;
}

function schemaError(message: string, cause: unknown): MlflowException {
  return new MlflowException(message, "INVALID_PARAMETER_VALUE", { cause });
}
