import { invalidParameter, MlflowException } from "../../base/errors.js";
import { type Fields, fieldsOf } from "../dump.js";
import { pythonRepr, pythonTypeName } from "../python-text.js";
import { inferItems, inferType } from "./infer-type.js";
import { depthOf, ParamSchema, type ParamSpec } from "./param-schema.js";
import { type ColSpec, Schema } from "./schema.js";
import { isDataType, type SchemaType } from "./schema-type.js";

/**
 * The schema MLflow infers from an example: an object is one row, a column a field; a list of objects is rows; a
 * list of anything else is one unnamed column; so is a single value. Throws INVALID_PARAMETER_VALUE.
 */
export function inferSchema(example: unknown): Schema {
  if (Array.isArray(example)) return inferList(example);
  const fields = fieldsOf(example);
  if (fields) {
    return new Schema(
      Object.entries(fields).map(
        ([name, field]): ColSpec => ({ ...inferType(field), name, required: isComplete(field) }),
      ),
    );
  }
  const type = inferType(example);
  return new Schema([type.type === "array" && !Array.isArray(example) ? type.items : type]);
}

function inferList(list: readonly unknown[]): Schema {
  if (list.length === 0) return new Schema([{ type: "string" }]);
  const rows = list.map(fieldsOf);
  if (!rows.every((row) => row !== undefined)) return new Schema([inferItems(list)]);
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return new Schema([...names].map((name) => inferColumn(name, rows as readonly Fields[])));
}

function inferColumn(name: string, rows: readonly Fields[]): ColSpec {
  const values = rows.filter((row) => Object.hasOwn(row, name)).map((row) => row[name]);
  const required = rows.every((row) => row[name] !== undefined && row[name] !== null);
  return { ...inferItems(values), name, required };
}

function isComplete(value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return !values.some((one) => one === null || one === undefined || Number.isNaN(one));
}

/** The schema of `predict`'s parameters, with these values as defaults. Throws INVALID_PARAMETER_VALUE. */
export function inferParamSchema(params: Fields): ParamSchema {
  const wrong: unknown[] = [];
  const specs: ParamSpec[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    try {
      const spec = { name, ...inferParamType(value), default: value } as ParamSpec;
      specs.push(...new ParamSchema([spec]).params);
    } catch (cause) {
      wrong.push(`(${pythonRepr(name)}, ${pythonRepr(value)}, ${errorText(cause)})`);
    }
  }
  if (wrong.length > 0) {
    throw invalidParameter(`Failed to infer schema for parameters: [${wrong.join(", ")}]`);
  }
  return new ParamSchema(specs);
}

function errorText(cause: unknown): string {
  return `MlflowException(${pythonRepr((cause as Error).message)})`;
}

function inferParamType(value: unknown): SchemaType & { readonly shape?: readonly number[] } {
  if (Array.isArray(value)) return inferParamList(value);
  const type = inferType(value);
  if (isDataType(type.type) || (type.type === "object" && value !== null)) return type;
  throw invalidParameter(
    `Expected parameters to be 1D array or scalar, got ${pythonTypeName(value)}`,
  );
}

function inferParamList(
  list: readonly unknown[],
): SchemaType & { readonly shape: readonly number[] } {
  const depth = depthOf(list);
  if (depth !== 1) {
    throw invalidParameter(`Expected parameters to be 1D array or scalar, got ${depth}D array`);
  }
  // numpy calls an empty list dates.
  const items = list.length === 0 ? ({ type: "datetime" } as const) : inferItems(list);
  if (!isDataType(items.type) || list.some((item) => item === null || item === undefined)) {
    throw new MlflowException(
      "Can not infer object without looking at the values, call _map_numpy_array instead.",
      "INVALID_PARAMETER_VALUE",
    );
  }
  return { type: items.type, shape: [-1] };
}
