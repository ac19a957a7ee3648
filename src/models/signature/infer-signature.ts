import { invalidParameter, MlflowException } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { isZodSchema, jsonSchemaOfZod } from "../../data/zod-schema.js";
import { checkArgument, readArguments } from "../../settings/check-options.js";
import { dictionary } from "../../settings/kinds.js";
import { type Fields, fieldsOf } from "../dump.js";
import { pythonRepr, pythonTypeName } from "../python-text.js";
import { inferItems, inferType } from "./infer-type.js";
import { schemaOfJsonSchema } from "./json-schema.js";
import { ModelSignature } from "./model-signature.js";
import { depthOf, ParamSchema, type ParamSpec } from "./param-schema.js";
import { type ColSpec, Schema } from "./schema.js";
import { isDataType, type SchemaType } from "./schema-type.js";

/**
 * Infers the signature of a model (MLflow's `mlflow.models.infer_signature`).
 *
 * Input and output are example values or zod schemas (zod 4 or 3). An object is one row whose fields are columns, a list of objects
 * is a list of rows, and any other value is one unnamed column. Whole numbers are `long`, other numbers are `double`, a Date is
 * `datetime`, and a Uint8Array is `binary`. Null and undefined make a field optional. Messages and documents have the fields of
 * their dump form. `params` are the parameters of `predict`, with these values as defaults.
 *
 * ```ts
 * inferSignature({ question: "How far?" }, "238,900 miles", { temperature: 0 });
 * ```
 *
 * For a value that has no type in MLflow, such as a list of items of different types, it logs a warning once, and the schema is
 * `any`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when all arguments are missing, or a parameter is not a scalar, a list of scalars
 * or an object.
 */
export function inferSignature(
  modelInput?: unknown,
  modelOutput?: unknown,
  params?: Readonly<Record<string, unknown>>,
): ModelSignature {
  const caller = "inferSignature()";
  const given = checkArgument(caller, "params", dictionary, params === undefined ? {} : params);
  return readArguments(
    `An example of ${caller}`,
    () =>
      new ModelSignature({
        inputs: schemaOf(modelInput, "inputs"),
        outputs: schemaOf(modelOutput, "outputs"),
        params: Object.keys(given).length > 0 ? inferParamSchema(given) : undefined,
      }),
  );
}

function schemaOf(example: unknown, key: "inputs" | "outputs"): Schema | undefined {
  if (example === undefined || example === null) return undefined;
  if (isZodSchema(example)) {
    return schemaOfJsonSchema(jsonSchemaOfZod(example, key === "inputs" ? "input" : "output"));
  }
  try {
    return inferSchema(example);
  } catch (cause) {
    const why = (cause as Error).message;
    const note =
      key === "inputs"
        ? " Note that MLflow doesn't validate data types during inference for AnyType."
        : "";
    warnOnce(
      `infer ${key} ${why}`,
      `Failed to infer schema for ${key}: ${why.replace(/\.?$/, ".")} Setting schema to ` +
        `\`Schema([ColSpec(type=AnyType())])\` as default.${note}`,
    );
    return new Schema([{ type: "any" }]);
  }
}

/**
 * Infers a schema from an example, as MLflow does. An object is one row with a column per field, a list of objects is a list of
 * rows. Any other list or value is one unnamed column.
 */
function inferSchema(example: unknown): Schema {
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
  const isGiven = values.every((value) => value !== undefined && value !== null);
  const required = isGiven && values.length === rows.length;
  return { ...inferItems(values), name, required };
}

function isComplete(value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return !values.some((one) => one === null || one === undefined || Number.isNaN(one));
}

/** Infers the schema of the parameters of `predict`, with these values as defaults. Throws INVALID_PARAMETER_VALUE. */
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
  // MLflow infers dates for an empty list, from numpy.
  const items = list.length === 0 ? ({ type: "datetime" } as const) : inferItems(list);
  if (!isDataType(items.type) || list.some((item) => item === null || item === undefined)) {
    throw new MlflowException(
      "Can not infer object without looking at the values, call _map_numpy_array instead.",
      "INVALID_PARAMETER_VALUE",
    );
  }
  return { type: items.type, shape: [-1] };
}
