import { invalidParameter } from "../../errors.js";
import { ANY, type ColumnType, objectType, type Property } from "./column-type.js";
import { Schema } from "./schema.js";

/** A JSON schema, as far as we read it. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What `schema` of a JSON schema says about input or output: the properties of an object are columns. */
export function schemaOfJsonSchema(schema: unknown): Schema {
  const root = (schema ?? {}) as JsonSchema;
  if (typeOf(root) !== "object" || !root.properties || Object.keys(root.properties).length === 0) {
    return new Schema([{ type: columnType(root), required: true }]);
  }
  const { properties, required = [] } = root;
  return new Schema(
    Object.entries(properties).map(([name, one]) => ({
      type: columnType(one),
      name,
      required: required.includes(name) && !isNullable(one),
    })),
  );
}

function columnType(schema: JsonSchema): ColumnType {
  const choices = (schema.anyOf ?? schema.oneOf)?.filter((one) => typeOf(one) !== "null");
  if (choices) return choices.length === 1 && choices[0] ? columnType(choices[0]) : ANY;
  switch (typeOf(schema)) {
    case "string":
      return { type: stringType(schema) };
    case "integer":
      return { type: "long" };
    case "number":
      return { type: "double" };
    case "boolean":
      return { type: "boolean" };
    case "array":
      return {
        type: "array",
        items: typeof schema.items === "object" ? columnType(schema.items) : ANY,
      };
    case "object":
      return objectOrMap(schema);
    default:
      return ANY;
  }
}

function stringType({ format, contentEncoding }: JsonSchema): "string" | "datetime" | "binary" {
  if (contentEncoding === "base64") return "binary";
  return format === "date-time" || format === "date" ? "datetime" : "string";
}

function objectOrMap({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const entries = Object.entries(properties);
  if (entries.length > 0) {
    const read = entries.map(([name, one]): [string, Property] => [
      name,
      { ...columnType(one), required: required.includes(name) && !isNullable(one) },
    ]);
    return objectType(Object.fromEntries(read));
  }
  if (typeof additionalProperties !== "object") return ANY;
  return { type: "map", values: columnType(additionalProperties) } as const;
}

function typeOf(schema: JsonSchema): string | undefined {
  const { type, const: only, enum: values = only === undefined ? [] : [only] } = schema;
  if (typeof type === "string") return type;
  const types = Array.isArray(type)
    ? type.filter((one) => one !== "null")
    : [...new Set(values.filter((one) => one !== null).map((one) => typeof one))];
  return types.length === 1 ? types[0] : undefined;
}

function isNullable({ type, anyOf, oneOf }: JsonSchema): boolean {
  if (Array.isArray(type)) return type.includes("null");
  return (anyOf ?? oneOf)?.some((one) => one.type === "null") === true;
}

/** A schema of zod 4, which can tell its JSON schema. */
export function isSchemaLibraryObject(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "~standard" in value &&
    typeof value["~standard"] === "object"
  );
}

/** The error for a schema nobody can read as JSON schema. */
export function unreadableSchema(what: string, cause: unknown): Error {
  return invalidParameter(
    `The schema of the ${what} has no JSON schema: ${(cause as Error).message}. Give an example value instead.`,
  );
}
