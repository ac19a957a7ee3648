import type { PlainObject } from "../data/plain.js";
import type { Kind } from "../settings/kinds.js";
import { isDictionary } from "../settings/kinds.js";

const SIMPLE_TYPES = ["boolean", "integer", "number", "string"] as const;
/** The type of a single value that a judge may return. */
export type SimpleValueType = (typeof SIMPLE_TYPES)[number];

type SimpleSchema = { readonly type: SimpleValueType };

/** A part of JSON Schema, as MLflow stores it: a list, an object, or a value that may be null. */
export type FeedbackValueSchema =
  | { readonly type: "array"; readonly items: SimpleSchema }
  | { readonly type: "object"; readonly additionalProperties: SimpleSchema }
  | { readonly anyOf: readonly [SimpleSchema, { readonly type: "null" }] };

/**
 * The values that a judge may return: the name of a type, an array of the allowed values, or a schema for lists, objects
 * and values that may be null.
 */
export type FeedbackValueType =
  | SimpleValueType
  | readonly (string | number | boolean)[]
  | FeedbackValueSchema;

/** The value type as a JSON Schema, in the form that Python's MLflow stores. */
export type ValueSchema = PlainObject;

export const feedbackValueType: Kind<FeedbackValueType> = {
  want: '"boolean", "integer", "number", "string", an array of the allowed values, or a schema such as { type: "array", items: { type: "number" } }',
  read: (value) => {
    if (Array.isArray(value)) {
      const copy = [...value];
      return copy.length > 0 && copy.every(isLiteralValue) ? copy : undefined;
    }
    if (typeof value === "string") return SIMPLE_TYPES.find((type) => type === value);
    return isDictionary(value) ? readSchema({ ...value }) : undefined;
  },
};

/** Returns undefined for a schema that MLflow does not store. */
function readSchema(schema: Readonly<Record<string, unknown>>): FeedbackValueType | undefined {
  const { type, items, additionalProperties, anyOf } = schema;
  if (Array.isArray(schema.enum)) return feedbackValueType.read(schema.enum);
  if ("const" in schema) return feedbackValueType.read([schema.const]);
  if (Array.isArray(anyOf)) {
    const inner = anyOf.filter(
      (one) => isDictionary(one) && !("type" in one && one.type === "null"),
    );
    const simple = inner.length === 1 && anyOf.length === 2 ? simpleOf(inner[0]) : undefined;
    return simple && { anyOf: [simple, { type: "null" }] };
  }
  if (type === "array") {
    const simple = simpleOf(items);
    return simple && { type, items: simple };
  }
  if (type === "object") {
    const simple = simpleOf(additionalProperties);
    return simple && { type, additionalProperties: simple };
  }
  return SIMPLE_TYPES.find((one) => one === type);
}

function simpleOf(value: unknown): SimpleSchema | undefined {
  const given = isDictionary(value) && "type" in value ? value.type : undefined;
  const type = SIMPLE_TYPES.find((one) => one === given);
  return type && { type };
}

function isLiteralValue(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** Returns the JSON Schema of a value type. */
export function schemaOf(type: FeedbackValueType): ValueSchema {
  if (typeof type === "string") return { type };
  if (!isAllowedValues(type)) return { ...type };
  const kinds = [...new Set(type.map(simpleTypeOf))];
  return { enum: [...type], ...(kinds.length === 1 && { type: kinds[0] }) };
}

function isAllowedValues(type: FeedbackValueType): type is readonly (string | number | boolean)[] {
  return Array.isArray(type);
}

function simpleTypeOf(value: string | number | boolean): SimpleValueType {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : "string";
}

/** Whether the mean of the values has a meaning: then it becomes a metric by default, as in Python. */
export function hasMean(type: FeedbackValueType): boolean {
  return type === "boolean" || type === "integer" || type === "number";
}
