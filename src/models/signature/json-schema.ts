import type { JsonSchema } from "../../data/zod-schema.js";
import { fieldsOf } from "../dump.js";
import { inferType, mergeTypes } from "./infer-type.js";
import { type ColSpec, Schema } from "./schema.js";
import { ANY, objectType, type Property, type SchemaType } from "./schema-type.js";

/** The type that a JSON Schema describes, and whether it allows null. */
interface Reading {
  readonly type: SchemaType;
  readonly isNullable: boolean;
}

const NOTHING_KNOWN: Reading = { type: ANY, isNullable: true };

/** Converts a JSON Schema to columns, by the rules for an example. */
export function schemaOfJsonSchema(schema: JsonSchema): Schema {
  const { type } = read(schema, { root: schema, path: [] });
  if (type.type === "object") return new Schema(columnsOf(type.properties));
  if (type.type !== "array") return new Schema([type]);
  const { items } = type;
  return new Schema(items.type === "object" ? columnsOf(items.properties) : [items]);
}

function columnsOf(properties: Readonly<Record<string, Property>>): ColSpec[] {
  return Object.entries(properties).map(([name, property]) => ({ ...property, name }));
}

interface Context {
  readonly root: JsonSchema;
  /** The references that lead here. A repeated reference is a recursive type, which MLflow does not have. */
  readonly path: readonly string[];
}

function read(schema: JsonSchema | boolean | undefined, context: Context): Reading {
  if (typeof schema !== "object") return NOTHING_KNOWN;
  if (schema.$ref !== undefined) return readReference(schema.$ref, context);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return readChoices(choices, context);
  if (schema.allOf) return readAll(schema.allOf, context);
  if ("const" in schema) return readValues([schema.const]);
  if (schema.enum) return readValues(schema.enum);
  if (Array.isArray(schema.type)) {
    const choices = schema.type.map((type) => ({ ...schema, type }));
    return readChoices(choices, context);
  }
  if (schema.type === "null") return NOTHING_KNOWN;
  return { type: readType(schema, context), isNullable: false };
}

function readType(schema: JsonSchema, context: Context): SchemaType {
  switch (schema.type) {
    case "string":
    case "boolean":
    case "datetime":
    case "binary":
      return { type: schema.type };
    case "integer":
      return { type: "long" };
    case "number":
      return { type: "double" };
    case "array":
      return { type: "array", items: readItems(schema, context) };
    case "object":
      return readObject(schema, context);
    default:
      return ANY;
  }
}

function readItems({ prefixItems, items }: JsonSchema, context: Context): SchemaType {
  const all = [...(prefixItems ?? []), ...(items || !prefixItems ? [items] : [])];
  return readChoices(
    all.map((one) => (typeof one === "object" ? one : {})),
    context,
  ).type;
}

function readObject(schema: JsonSchema, context: Context): SchemaType {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) {
    const { additionalProperties } = schema;
    if (typeof additionalProperties !== "object") return ANY;
    return { type: "map", values: read(additionalProperties, context).type };
  }
  const properties = entries.map(([name, property]): [string, Property] => {
    const { type, isNullable } = read(property, context);
    const isListed = schema.required?.includes(name) === true;
    return [name, { ...type, required: isListed && !isNullable && type.type !== "any" }];
  });
  // The columns keep the order of the schema, so this does not use objectType(), which sorts them.
  return { type: "object", properties: Object.fromEntries(properties) };
}

function readChoices(choices: readonly JsonSchema[], context: Context): Reading {
  const [isNull, others] = [choices.some(isNullType), choices.filter((one) => !isNullType(one))];
  const readings = others.map((choice) => read(choice, context));
  const isNullable = isNull || readings.some((reading) => reading.isNullable);
  if (readings.length === 0 || readings.some(({ type }) => type.type === "any")) {
    return { type: ANY, isNullable };
  }
  return { type: merged(readings.map(({ type }) => type)), isNullable };
}

function isNullType({ type, const: value, ...rest }: JsonSchema): boolean {
  return type === "null" || ("enum" in rest && value === null);
}

/** Merges types; the result is `any` if they do not fit another type. */
function merged(types: readonly SchemaType[]): SchemaType {
  try {
    return types.reduce(mergeTypes);
  } catch {
    return ANY;
  }
}

function readAll(parts: readonly JsonSchema[], context: Context): Reading {
  const properties: [string, Property][] = [];
  for (const part of parts) {
    const { type } = read(part, context);
    if (type.type !== "object") return parts.length === 1 ? read(part, context) : NOTHING_KNOWN;
    properties.push(...Object.entries(type.properties));
  }
  return { type: objectType(new Map(properties)), isNullable: false };
}

function readValues(values: readonly unknown[]): Reading {
  const known = values.filter((value) => value !== null);
  const isNullable = known.length < values.length;
  try {
    return { type: known.map((value) => inferType(value)).reduce(mergeTypes), isNullable };
  } catch {
    return { type: ANY, isNullable };
  }
}

function readReference(reference: string, { root, path }: Context): Reading {
  if (path.includes(reference)) return NOTHING_KNOWN;
  const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  let target: unknown = root;
  for (const step of steps) {
    target = fieldsOf(target)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return read(target as JsonSchema | undefined, { root, path: [...path, reference] });
}
