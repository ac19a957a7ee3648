import { invalidParameter, MlflowException } from "../../base/errors.js";
import { ownField } from "../../data/plain.js";
import { asList, type Fields, fieldsOf, isScalar, namesOf } from "../dump.js";
import { pythonRepr, pythonStr, pythonTypeName } from "../python-text.js";
import { enforceColumn } from "../signature/column.js";
import { enforceType } from "../signature/enforce-type.js";
import { checkParam, type ParamSchema } from "../signature/param-schema.js";
import type { ColSpec, Schema } from "../signature/schema.js";
import { isDataType, isRequired } from "../signature/schema-type.js";
import { castingError, rowsOf, type Table, toTable } from "./table.js";

export interface EnforceOptions {
  /** Called with a message about ignored columns. */
  readonly warn: (message: string) => void;
  /** Whether errors omit the input. Default: false. */
  readonly hidesDetails?: boolean;
}

/**
 * Checks an input against a schema as Python's `predict` does. Returns its rows, with the columns in the order of the schema and
 * without unknown columns. An input for a schema of tensors is returned unchanged.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceSchema(input: unknown, schema: Schema, options: EnforceOptions): unknown {
  const { columns } = schema;
  if (!columns) return input;
  try {
    const table = schema.hasInputNames()
      ? enforceNamed(input, columns, options)
      : enforceUnnamed(input, columns);
    if (table.rowCount === 0 && !asList(input)) throw castingError("an empty dict has no rows");
    return rowsOf(table);
  } catch (cause) {
    const message = options.hidesDetails
      ? "Failed to enforce model input schema. Please check your input data."
      : `Failed to enforce schema of data '${pythonStr(input)}' with schema '${schema}'. ` +
        `Error: ${(cause as Error).message}`;
    throw new MlflowException(message, "INVALID_PARAMETER_VALUE", { cause });
  }
}

/** Types whose values are objects or lists. If a column has such a type, an input that is an object is one row. Python omits `map` and `any`. */
const NESTED = ["array", "object", "map", "any", "sparkml_vector"];

function isOneRow(columns: readonly ColSpec[]): (fields: Fields) => boolean {
  if (columns.some(({ type }) => NESTED.includes(type))) return () => true;
  return (fields) =>
    namesOf(fields).every((name) => {
      const value = fields[name];
      const isTexts = asList(value)?.every((item) => typeof item === "string") === true;
      return value === null || isScalar(value) || isTexts;
    });
}

function enforceNamed(
  input: unknown,
  columns: readonly ColSpec[],
  { warn }: EnforceOptions,
): Table {
  const table = toTable(input, isOneRow(columns));
  const names = columns.map(({ name = "" }) => name);
  const missing = columns
    .filter(isRequired)
    .map(({ name = "" }) => name)
    .filter((name) => !table.columns.has(name));
  const extra = [...table.columns.keys()].filter((name) => !names.includes(name as string));
  if (missing.length > 0) {
    const note =
      extra.length > 0 ? ` Note that there were extra inputs: ${pythonRepr(extra)}.` : "";
    throw invalidParameter(`Model is missing inputs ${pythonRepr(missing)}.${note}`);
  }
  if (extra.length > 0) {
    warn(
      "Found extra inputs in the model input that are not defined in the model signature: " +
        `\`${pythonRepr(extra)}\`. These inputs will be ignored.`,
    );
  }
  const known = columns.filter(({ name = "" }) => table.columns.has(name));
  return {
    columns: new Map(
      known.map((column) => {
        const { name = "" } = column;
        return [name, enforceCells(name, table.columns.get(name) ?? [], column)];
      }),
    ),
    rowCount: table.rowCount,
  };
}

function enforceUnnamed(input: unknown, columns: readonly ColSpec[]): Table {
  const [only] = columns;
  // Python splits the items into columns, and then fails to check them.
  if (only && columns.length === 1 && NESTED.includes(only.type) && input !== null) {
    const values = asList(input) ?? [input];
    return { columns: new Map([[0, enforceCells(0, values, only)]]), rowCount: values.length };
  }
  const table = toTable(input, isOneRow(columns));
  if (table.columns.size < columns.length) {
    throw invalidParameter(
      `Model inference is missing inputs. The model signature declares ${columns.length} inputs  ` +
        `but the provided value only has ${table.columns.size} inputs. Note: the inputs were not named ` +
        "in the signature so we can only verify their count.",
    );
  }
  const given = [...table.columns].slice(0, columns.length);
  return {
    columns: new Map(
      given.map(([name, values], index) => [
        name,
        enforceCells(name, values, columns[index] as ColSpec),
      ]),
    ),
    rowCount: table.rowCount,
  };
}

function enforceCells(
  name: string | number,
  values: readonly unknown[],
  column: ColSpec,
): readonly unknown[] {
  const required = isRequired(column);
  if (isDataType(column.type)) return enforceColumn(name, values, column.type, required);
  return values.map((value) =>
    value === undefined && !required ? value : enforceType(value, column, required),
  );
}

/** Whether a default of the signature may be passed in the options of a call. */
export type AcceptsDefault = (name: string, value: unknown) => boolean;

/**
 * Returns the parameters that `predict` passes to the model: those in the schema, checked, with the schema's defaults for those
 * that are missing. Unknown parameters are dropped with a warning, and so are defaults that are not accepted.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceParams(
  params: unknown,
  schema: ParamSchema | undefined,
  warn: (message: string) => void,
  acceptsDefault: AcceptsDefault = () => true,
): Fields {
  const given = fieldsOf(params ?? {});
  if (!schema) return ignoreParams(params, given, warn);
  if (!given) {
    throw invalidParameter(
      `Parameters must be a dictionary. Got type '${pythonTypeName(params)}'.`,
    );
  }
  const specs = schema.params;
  const known = specs.map(({ name }) => name);
  const unknown = namesOf(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    warn(
      `Unrecognized params ${pythonRepr(unknown)} are ignored for inference. Supported params are: ` +
        `{${known.map(pythonRepr).join(", ")}}. To enable them, please add corresponding schema in ModelSignature.`,
    );
  }
  const wrong: string[] = [];
  const accepted = specs.filter((spec) => {
    if (ownField(given, spec.name) !== undefined || acceptsDefault(spec.name, spec.default))
      return true;
    warn(unusedDefault(spec.name));
    return false;
  });
  const entries = accepted.map((spec) => {
    const value = ownField(given, spec.name);
    if (value === undefined) return [spec.name, spec.default] as const;
    try {
      return [spec.name, checkParam(value, spec)] as const;
    } catch (cause) {
      wrong.push(`(${pythonRepr(spec.name)}, ${pythonRepr((cause as Error).message)})`);
      return [spec.name, undefined] as const;
    }
  });
  if (wrong.length > 0) {
    throw invalidParameter(`Invalid parameters found: {${wrong.join(", ")}}`);
  }
  return Object.fromEntries(entries);
}

function unusedDefault(name: string): string {
  return `The default of the parameter ${pythonRepr(name)} in the model's signature is ignored: a model that was logged as data can only have defaults for LangChain's known call options. Pass the parameter to predict(), or log the model from code.`;
}

function ignoreParams(
  params: unknown,
  given: Fields | undefined,
  warn: (message: string) => void,
): Fields {
  const names = given ? namesOf(given) : [];
  if (given && names.length === 0) return {};
  const which = given
    ? `Ignoring provided params: ${pythonRepr(names)}`
    : `Ignoring invalid params (not a dictionary: ${pythonTypeName(params)}).`;
  warn(
    "`params` can only be specified at inference time if the model signature defines a params schema. " +
      `This model does not define a params schema. ${which}`,
  );
  return {};
}
