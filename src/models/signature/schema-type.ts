import { invalidParameter, MlflowException } from "../../base/errors.js";
import { pythonJsonString } from "../python-text.js";

/** MLflow's scalar types. */
export type DataType =
  | "boolean"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "string"
  | "binary"
  | "datetime";

/**
 * The type of a column, a property or an item, in the form that MLflow writes: `{ type: "string" }`, `{ type: "array", items }`
 * (MLflow's `Array`), `{ type: "object", properties }` (`Object`), `{ type: "map", values }` (`Map`) or `{ type: "any" }`
 * (`AnyType`, which is not checked).
 */
export type SchemaType =
  | { readonly type: DataType }
  | { readonly type: "array"; readonly items: SchemaType }
  | { readonly type: "object"; readonly properties: Readonly<Record<string, Property>> }
  | { readonly type: "map"; readonly values: SchemaType }
  | { readonly type: "any" }
  | { readonly type: "sparkml_vector" };

/** A property of an object. Default of `required`: true. */
export type Property = SchemaType & { readonly required?: boolean };

export type ObjectType = Extract<SchemaType, { type: "object" }>;

export const ANY: SchemaType = { type: "any" };

const DATA_TYPES: readonly DataType[] = [
  "boolean",
  "integer",
  "long",
  "float",
  "double",
  "string",
  "binary",
  "datetime",
];

export function isDataType(type: string): type is DataType {
  return (DATA_TYPES as readonly string[]).includes(type);
}

export function isRequired({ required }: { readonly required?: boolean }): boolean {
  return required !== false;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads and checks a type in its JSON form, and sets `required` in its properties. Throws Python's texts. */
export function readType(json: unknown, what: string): SchemaType {
  if (!isJsonObject(json) || typeof json.type !== "string") {
    throw new MlflowException(
      `Missing keys in ${what} JSON. Expected to find key \`type\``,
      "INVALID_PARAMETER_VALUE",
    );
  }
  const { type } = json;
  if (isDataType(type) || type === "any" || type === "sparkml_vector") return { type };
  if (type === "array") return { type, items: readInner(json, "items", "Array") };
  if (type === "map") return { type, values: readInner(json, "values", "Map") };
  if (type === "object") return { type, properties: readProperties(json.properties) };
  throw invalidParameter(
    `Unsupported type '${type}', expected instance of DataType, Array, Object, Map or one of ` +
      `[${DATA_TYPES.map((name) => `'${name}'`).join(", ")}]`,
  );
}

function readInner(json: Json, key: "items" | "values", what: string): SchemaType {
  if (!(key in json)) {
    throw invalidParameter(
      `Missing keys in ${what} JSON. Expected to find keys \`${key}\` and \`type\``,
    );
  }
  if (!isJsonObject(json[key])) {
    throw invalidParameter(`Expected ${key} to be a dictionary of Object JSON`);
  }
  return readType(json[key], `${what}'s items`);
}

function readProperties(json: unknown): Readonly<Record<string, Property>> {
  if (!isJsonObject(json) || !Object.values(json).every(isJsonObject)) {
    throw invalidParameter("Expected properties to be a dictionary of Property JSON");
  }
  const entries = Object.entries(json).map(([name, property]): [string, Property] => {
    const required = (property as Json).required !== false;
    return [name, { ...readType(property, `Property \`${name}\``), required }];
  });
  return objectType(entries).properties;
}

/** Creates an object's type, with its properties sorted by name. */
export function objectType(properties: Iterable<readonly [string, Property]>): ObjectType {
  const sorted = [...properties].sort(([one], [other]) => (one < other ? -1 : 1));
  if (sorted.length === 0) {
    throw invalidParameter("Creating Object with empty properties is not allowed.");
  }
  return { type: "object", properties: Object.fromEntries(sorted) };
}

function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The properties sorted by name. Sorting them in the object is not enough: JavaScript lists integer keys first. */
export function propertiesOf({ properties }: ObjectType): [string, Property][] {
  return Object.entries(properties).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Formats the fields of a type as Python's JSON text, without braces. */
export function typeFieldsJson(type: SchemaType): string {
  const head = `"type": "${type.type}"`;
  if (type.type === "array") return `${head}, "items": ${typeJson(type.items)}`;
  if (type.type === "map") return `${head}, "values": ${typeJson(type.values)}`;
  if (type.type !== "object") return head;
  const properties = propertiesOf(type).map(
    ([name, property]) =>
      `${pythonJsonString(name)}: {${typeFieldsJson(property)}, "required": ${isRequired(property)}}`,
  );
  return `${head}, "properties": {${properties.join(", ")}}`;
}

function typeJson(type: SchemaType): string {
  return `{${typeFieldsJson(type)}}`;
}

/** Formats a type as Python prints it in errors and signatures: `Array(string)`. */
export function typeText(type: SchemaType): string {
  switch (type.type) {
    case "array":
      return `Array(${typeText(type.items)})`;
    case "map":
      return `Map(str -> ${isDataType(type.values.type) ? "DataType." : ""}${typeText(type.values)})`;
    case "object":
      return `{${propertiesOf(type).map(propertyText).join(", ")}}`;
    case "any":
      return "Any";
    case "sparkml_vector":
      return "SparkML vector";
    default:
      return type.type;
  }
}

function propertyText([name, property]: readonly [string, Property]): string {
  return `${name}: ${typeText(property)} (${isRequired(property) ? "required" : "optional"})`;
}
