import { invalidParameter, MlflowException } from "../../base/errors.js";
import { asList, type Fields, isScalar, namesOf } from "../dump.js";
import { pythonRepr, pythonStr } from "../python-text.js";
import { enforceColumn } from "../signature/column.js";
import { enforceType } from "../signature/enforce-type.js";
import type { ColSpec, Schema } from "../signature/schema.js";
import { isDataType, isRequired } from "../signature/schema-type.js";
import { castingError, rowsOf, type Table, toTable } from "./table.js";

export interface EnforceOptions {
  /** Tells what was ignored. */
  readonly warn: (message: string) => void;
  /** Errors say nothing of the input. Default: false. */
  readonly hidesDetails?: boolean;
}

/**
 * Checks an input against a signature as Python's `predict` does, and gives it row by row, columns in the order of the
 * schema, without those it does not know. An input for tensors is handed on as it is. Throws
 * INVALID_PARAMETER_VALUE with Python's text.
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

/** Types whose values are objects or lists: an input that is an object is then one row. Python forgets `map` and `any`. */
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
  // Python takes the items apart into columns, and then cannot check them.
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
