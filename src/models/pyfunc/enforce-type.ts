import { MlflowException } from "../../errors.js";
import {
  bareType,
  type ColumnType,
  describeType,
  type Property,
} from "../signature/column-type.js";
import { enforceColumn } from "./enforce-column.js";
import { pythonMessageText, pythonText, pythonType } from "./python-text.js";
import { isRecord } from "./rows.js";

/** One value of a nested type, checked and converted; nothing of what was given is changed. */
export function enforceType(value: unknown, type: ColumnType, required = true): unknown {
  switch (type.type) {
    case "any":
      return value;
    case "array":
      return enforceArray(value, type, required);
    case "object":
      return enforceObject(value, type, required);
    case "map":
      return enforceMap(value, type, required);
    default:
      return enforceScalar(value, type, required);
  }
}

type Of<Kind extends ColumnType["type"]> = Extract<ColumnType, { type: Kind }>;

function enforceScalar(value: unknown, { type }: ColumnType, required: boolean): unknown {
  const isAbsent = value === null || value === undefined || Number.isNaN(value);
  if (!required && isAbsent) return null;
  const kind = pythonType(value);
  if (["list", "dict", "NoneType"].includes(kind)) {
    throw wrong(`Expected data to be scalar, got ${kind}`);
  }
  try {
    return enforceColumn("", [value], type as Parameters<typeof enforceColumn>[2])[0];
  } catch {
    throw wrong(
      `Failed to enforce schema of data \`${pythonMessageText(value)}\` with dtype \`${type}\``,
    );
  }
}

function enforceArray(value: unknown, { items }: Of<"array">, required: boolean): unknown {
  const mayBeEmpty = !required || items.type === "any";
  if (mayBeEmpty && (value === null || value === undefined)) return value;
  if (!Array.isArray(value)) {
    throw wrong(`Expected data to be list or numpy array, got ${pythonType(value)}`);
  }
  const isNested = ["array", "object", "map", "any"].includes(items.type);
  if (isNested) return value.map((item) => enforceType(item, items, required));
  return value.length === 0
    ? value
    : enforceColumn("", value, items.type as Parameters<typeof enforceColumn>[2]);
}

function enforceObject(value: unknown, type: Of<"object">, required: boolean): unknown {
  if (!required && (value === null || value === undefined)) return value;
  if (!isRecord(value)) {
    throw wrong(
      `Failed to enforce schema of '${pythonMessageText(value)}' with type '${describeType(type)}'. ` +
        `Expected data to be dictionary, got ${pythonType(value)}`,
    );
  }
  const { properties } = type;
  const isThere = (name: string) => Object.hasOwn(value, name) && value[name] !== undefined;
  const missing = Object.keys(properties).filter(
    (name) => properties[name]?.required && !isThere(name),
  );
  if (missing.length > 0) throw wrong(`Missing required properties: ${setText(missing)}`);
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length > 0) {
    throw wrong(`Invalid properties not defined in the schema found: ${setText(unknown)}`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      enforceProperty(name, one, properties[name] as Property),
    ]),
  );
}

function enforceProperty(name: string, value: unknown, property: Property): unknown {
  try {
    return enforceType(value, bareType(property), property.required);
  } catch {
    throw wrong(
      `Failed to enforce schema for key \`${name}\`. Expected type ${property.type}, ` +
        `received type ${pythonType(value)}`,
    );
  }
}

function enforceMap(value: unknown, { values }: Of<"map">, required: boolean): unknown {
  const mayBeEmpty = !required || values.type === "any";
  if (mayBeEmpty && (value === null || value === undefined)) return value;
  if (!isRecord(value)) throw wrong(`Expected data to be a dict, got ${pythonType(value)}`);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, enforceType(one, values, required)]),
  );
}

function setText(names: readonly string[]): string {
  return `{${names.map(pythonText).join(", ")}}`;
}

function wrong(message: string): MlflowException {
  return new MlflowException(message, "INVALID_PARAMETER_VALUE");
}
