import * as z from "zod";
import { invalidParameter } from "../base/errors.js";

/** The part of JSON Schema that describes types. `datetime` and `binary` are additional types, which JSON does not have. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** A zod schema of the app, whose copy of zod can differ from ours. */
type ZodSchema = { readonly _zod: object } | { readonly _def: object };

export function isZodSchema(value: unknown): value is ZodSchema {
  if (typeof value !== "object" || value === null) return false;
  return "_zod" in value || isZod3(value);
}

/** The JSON Schemas of types that zod has and JSON does not have. */
const NON_JSON_TYPES: Readonly<Record<string, JsonSchema>> = {
  date: { type: "datetime" },
  bigint: { type: "integer" },
  nan: { type: "number" },
  set: { type: "array", items: {} },
};

/**
 * Converts a zod schema (zod 4 or 3) to a JSON Schema of its `input` or its `output`, which differ for transforms and defaults. A
 * type that JSON Schema cannot describe, such as a function, becomes a schema that accepts any value.
 */
export function jsonSchemaOfZod(schema: ZodSchema, io: "input" | "output"): JsonSchema {
  if (!("_zod" in schema)) return jsonSchemaOfZod3(schema as unknown as Zod3, io);
  try {
    return z.toJSONSchema(schema as unknown as z.ZodType, {
      io,
      unrepresentable: "any",
      cycles: "ref",
      override: ({ zodSchema, jsonSchema }) => {
        Object.assign(jsonSchema, NON_JSON_TYPES[zodSchema._zod.def.type]);
      },
    }) as unknown as JsonSchema;
  } catch (cause) {
    throw invalidParameter(
      `The zod schema cannot be converted: ${(cause as Error).message}. Pass an example value instead.`,
    );
  }
}

const converted = new WeakMap<object, object | null>();

/** The JSON Schema of a zod schema, converted once. Undefined for another object, and if the conversion fails. */
export function readZodSchema(value: object): object | undefined {
  // First, since it is faster, and most objects are no schema.
  if (!isZodSchema(value)) return undefined;
  let schema = converted.get(value);
  if (schema === undefined) {
    schema = tryToConvert(value);
    converted.set(value, schema);
  }
  return schema === null ? undefined : { ...schema };
}

function tryToConvert(schema: ZodSchema): object | null {
  try {
    return jsonSchemaOfZod(schema, "input");
  } catch {
    return null;
  }
}

/** A zod 3 schema. Our zod is version 4, which cannot convert it, so its definition is read here. */
interface Zod3 {
  readonly _def: Readonly<Record<string, unknown>> & { readonly typeName?: string };
}

type Io = "input" | "output";

function isZod3(value: object): boolean {
  const definition = (value as Partial<Zod3>)._def;
  return typeof definition === "object" && String(definition?.typeName).startsWith("Zod");
}

/** The schemas that wrap one other schema, and the field that contains it. */
const WRAPPERS: Readonly<Record<string, string>> = {
  ZodBranded: "type",
  ZodReadonly: "innerType",
  ZodCatch: "innerType",
  ZodDefault: "innerType",
  ZodOptional: "innerType",
  ZodPromise: "type",
};

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  ZodString: { type: "string" },
  ZodBoolean: { type: "boolean" },
  ZodDate: { type: "datetime" },
  ZodBigInt: { type: "integer" },
  ZodNaN: { type: "number" },
  ZodNull: { type: "null" },
  ZodUndefined: { type: "null" },
};

/** Returns the same JSON Schema as for zod 4. A recursive schema becomes a schema that accepts any value. */
function jsonSchemaOfZod3(schema: Zod3, io: Io, path: readonly object[] = []): JsonSchema {
  const { _def: definition } = schema;
  const { description } = definition;
  const schemaOf = convertZod3(definition, io, path);
  return typeof description === "string" ? { ...schemaOf, description } : schemaOf;
}

function convertZod3(definition: Zod3["_def"], io: Io, path: readonly object[]): JsonSchema {
  const { typeName = "" } = definition;
  if (path.includes(definition)) return {};
  const inner = [...path, definition];
  const of = (part: unknown) => jsonSchemaOfZod3(part as Zod3, io, inner);
  const wrapped = WRAPPERS[typeName];
  if (wrapped !== undefined) return of(definition[wrapped]);
  switch (typeName) {
    case "ZodNumber":
      return { type: isInteger(definition.checks) ? "integer" : "number" };
    case "ZodNullable":
      return { anyOf: [of(definition.innerType), { type: "null" }] };
    case "ZodArray":
      return { type: "array", items: of(definition.type) };
    case "ZodSet":
      return { type: "array", items: {} };
    case "ZodTuple":
      return { type: "array", prefixItems: (definition.items as Zod3[]).map(of) };
    case "ZodRecord":
      return { type: "object", additionalProperties: of(definition.valueType) };
    case "ZodObject":
      return objectOf((definition.shape as () => Record<string, Zod3>)(), io, of);
    case "ZodUnion":
    case "ZodDiscriminatedUnion":
      return { anyOf: Array.from(definition.options as Iterable<Zod3>, of) };
    case "ZodIntersection":
      return { allOf: [of(definition.left), of(definition.right)] };
    case "ZodLiteral":
      return { const: definition.value };
    case "ZodEnum":
    case "ZodNativeEnum":
      return { enum: enumValues(definition.values as object) };
    case "ZodLazy":
      return of((definition.getter as () => Zod3)());
    case "ZodPipeline":
      return of(definition[io === "input" ? "in" : "out"]);
    case "ZodEffects":
      return isTransformed(definition, io) ? {} : of(definition.schema);
    default:
      return SCALARS[typeName] ?? {};
  }
}

function isInteger(checks: unknown): boolean {
  return Array.isArray(checks) && checks.some((check) => check.kind === "int");
}

function isTransformed({ effect }: Zod3["_def"], io: Io): boolean {
  const { type } = effect as { type: string };
  return type === (io === "output" ? "transform" : "preprocess");
}

/** A numeric enum of TypeScript maps names to values, and values to names. Only the former are its values. */
function enumValues(values: object): unknown[] {
  if (Array.isArray(values)) return values;
  const entries = Object.entries(values as Record<string, unknown>);
  const named = entries.filter(([, value]) => typeof (values as never)[String(value)] !== "number");
  return named.map(([, value]) => value);
}

function objectOf(
  shape: Readonly<Record<string, Zod3>>,
  io: Io,
  of: (part: unknown) => JsonSchema,
): JsonSchema {
  const entries = Object.entries(shape);
  const required = entries.filter(([, part]) => !isOptional(part, io)).map(([name]) => name);
  const properties = Object.fromEntries(entries.map(([name, part]) => [name, of(part)]));
  return { type: "object", properties, required };
}

/** A field with a default is optional in the input. */
function isOptional({ _def: { typeName = "", ...definition } }: Zod3, io: Io): boolean {
  if (typeName === "ZodOptional") return true;
  if (typeName === "ZodDefault" || typeName === "ZodCatch") return io === "input";
  const inner = definition[WRAPPERS[typeName] ?? "innerType"] as Zod3 | undefined;
  return inner?._def !== undefined && isOptional(inner, io);
}
