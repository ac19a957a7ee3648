import type { JsonSchema } from "./json-schema.js";

/** A zod 3 schema, read by its shape: there is no copy of zod 3 to ask. */
export interface Zod3 {
  readonly _def: Readonly<Record<string, unknown>> & { readonly typeName?: string };
}

type Io = "input" | "output";

export function isZod3(value: object): boolean {
  const definition = (value as Partial<Zod3>)._def;
  return typeof definition === "object" && String(definition?.typeName).startsWith("Zod");
}

/** What wraps one other schema, and where it keeps it. */
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

/** The same as zod 4 tells of itself. What is nested in itself, or known to no JSON Schema, is left open. */
export function jsonSchemaOfZod3(schema: Zod3, io: Io, path: readonly object[] = []): JsonSchema {
  const { _def: definition } = schema;
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

/** A numeric enum of TypeScript's names its values both ways. */
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

/** A default makes a field optional on the way in. */
function isOptional({ _def: { typeName = "", ...definition } }: Zod3, io: Io): boolean {
  if (typeName === "ZodOptional") return true;
  if (typeName === "ZodDefault" || typeName === "ZodCatch") return io === "input";
  const inner = definition[WRAPPERS[typeName] ?? "innerType"] as Zod3 | undefined;
  return inner?._def !== undefined && isOptional(inner, io);
}
