import { MlflowException } from "../../errors.js";
import type { Schema } from "../signature/schema.js";
import { pythonType } from "./python-text.js";

/** A table as pandas would make it of the data: rows with named columns, or one column that is called 0. */
export interface Rows {
  /** The names of the columns, in their order; `["0"]` for scalars. */
  readonly names: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The only column of data that has no names. */
export const UNNAMED = "0";

/** The rows that `predict()` is called for: an object is one, or a table of its columns. */
export function rowsOf(data: unknown, schema: Schema): Rows {
  if (isScalar(data)) return { names: [UNNAMED], rows: [{ [UNNAMED]: data }] };
  if (Array.isArray(data)) return rowsOfList(data);
  if (isRecord(data)) {
    return isOneRow(data, schema)
      ? { names: Object.keys(data), rows: [data] }
      : rowsOfColumns(data);
  }
  throw new MlflowException(
    `Expected input to be DataFrame. Found: ${pythonType(data)}`,
    "INVALID_PARAMETER_VALUE",
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return pythonType(value) === "dict";
}

function isScalar(value: unknown): boolean {
  return ["bool", "int", "float", "str", "bytes", "datetime"].includes(pythonType(value));
}

function isOneRow(data: Readonly<Record<string, unknown>>, schema: Schema): boolean {
  if (schema.columns.some(({ type }) => type.type === "array" || type.type === "object")) {
    return true;
  }
  return Object.values(data).every(
    (value) =>
      isScalar(value) ||
      value === null ||
      value === undefined ||
      (Array.isArray(value) && value.every((item) => typeof item === "string")),
  );
}

function rowsOfList(list: readonly unknown[]): Rows {
  if (list.every(isRecord)) {
    const names = [...new Set(list.flatMap((row) => Object.keys(row)))];
    return { names, rows: list };
  }
  if (!list.some(Array.isArray)) {
    return { names: [UNNAMED], rows: list.map((value) => ({ [UNNAMED]: value })) };
  }
  const width = Math.max(...list.map((row) => (Array.isArray(row) ? row.length : 1)));
  const names = Array.from({ length: width }, (_, index) => String(index));
  const rows = list.map((row) => {
    const values = Array.isArray(row) ? row : [row];
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  });
  return { names, rows };
}

/** Lists, and the values of objects, are columns; a scalar stands in every row. */
function rowsOfColumns(data: Readonly<Record<string, unknown>>): Rows {
  const columns = Object.entries(data).map(([name, value]): [string, unknown] => {
    return [name, isRecord(value) ? Object.values(value) : value];
  });
  const lengths = columns.flatMap(([, value]) => (Array.isArray(value) ? [value.length] : []));
  if (new Set(lengths).size > 1) {
    throw new MlflowException(
      "This model contains a column-based signature, which suggests a DataFrame input. There was an " +
        "error casting the input data to a DataFrame: All arrays must be of the same length",
      "INVALID_PARAMETER_VALUE",
    );
  }
  const rows = Array.from({ length: lengths[0] ?? 1 }, (_, index) =>
    Object.fromEntries(
      columns.map(([name, value]) => [name, Array.isArray(value) ? value[index] : value]),
    ),
  );
  return { names: Object.keys(data), rows };
}
