import { invalidParameter, MlflowException } from "../../errors.js";

/** MLflow's scalar types, under the names its files have. */
export const DATA_TYPES = [
  "boolean",
  "integer",
  "long",
  "float",
  "double",
  "string",
  "binary",
  "datetime",
] as const;

export type DataType = (typeof DATA_TYPES)[number];

/** What a column, a property or an item holds, in the very form in which MLflow writes it. */
export type ColumnType =
  | { readonly type: DataType }
  /** Anything: what was null or empty in the example. */
  | { readonly type: "any" }
  | { readonly type: "array"; readonly items: ColumnType }
  | { readonly type: "object"; readonly properties: Readonly<Record<string, Property>> }
  | { readonly type: "map"; readonly values: ColumnType };

export type Property = ColumnType & { readonly required: boolean };

export const ANY: ColumnType = { type: "any" };

export function isDataType(name: unknown): name is DataType {
  return (DATA_TYPES as readonly unknown[]).includes(name);
}

/** An object type, with its properties in MLflow's order: by name. */
export function objectType(properties: Readonly<Record<string, Property>>): ColumnType {
  const names = Object.keys(properties).sort(byCodePoint);
  if (names.length === 0) {
    throw invalidParameter("Creating Object with empty properties is not allowed.");
  }
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, properties[name] as Property])),
  };
}

/** As Python orders texts, which is not UTF-16's order. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Reads a type as MLflow writes it. */
export function readColumnType(value: unknown): ColumnType {
  const { type, items, properties, values } = (value ?? {}) as Record<string, unknown>;
  if (isDataType(type) || type === "any") return { type };
  if (type === "array") return { type, items: readColumnType(items) };
  if (type === "map") return { type, values: readColumnType(values) };
  if (type === "object" && typeof properties === "object" && properties !== null) {
    return objectType(
      Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, readProperty(one)]),
      ),
    );
  }
  throw new MlflowException(
    `Unsupported type '${String(type)}', expected Array, Object, Map, AnyType or one of ${DATA_TYPES.join(", ")}`,
  );
}

function readProperty(value: unknown): Property {
  const { required = true } = (value ?? {}) as { required?: unknown };
  return { ...readColumnType(value), required: required === true };
}

/** A type as Python prints it: `Array({content: string (required)})`. */
export function describeType(type: ColumnType): string {
  switch (type.type) {
    case "any":
      return "Any";
    case "array":
      return `Array(${describeType(type.items)})`;
    case "map":
      return `Map(str -> ${describeType(type.values)})`;
    case "object": {
      const properties = Object.entries(type.properties).map(
        ([name, one]) =>
          `${name}: ${describeType(one)} (${one.required ? "required" : "optional"})`,
      );
      return `{${properties.join(", ")}}`;
    }
    default:
      return type.type;
  }
}

/** The same type without `required`. */
export function bareType(type: ColumnType | Property): ColumnType {
  const { required: _, ...bare } = type as Property;
  return bare as ColumnType;
}

export function isSameType(a: ColumnType, b: ColumnType): boolean {
  return JSON.stringify(bareType(a)) === JSON.stringify(bareType(b));
}
