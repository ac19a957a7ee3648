import { invalidParameter, MlflowException, messageOf } from "../base/errors.js";
import { type Fields, fieldsOf } from "../models/dump.js";
import { rowsOf, toTable } from "../models/pyfunc/table.js";
import { pythonRepr, pythonStr } from "../models/python-text.js";
import { readDate } from "../models/signature/column.js";
import type { ColSpec, Schema } from "../models/signature/schema.js";
import { isDataType } from "../models/signature/schema-type.js";

/**
 * Converts JSON values to the types of a schema, as numpy and pandas do before `predict` checks them: the text "1" becomes a
 * number, and a fraction of an integer is cut. Objects and lists stay, and `predict` checks them.
 *
 * @param isDataFrame whether the request has a DataFrame, whose binary columns are in base64.
 * @throws MlflowException BAD_REQUEST with Python's text. INVALID_PARAMETER_VALUE for columns of different lengths.
 */
export function castInput(
  data: unknown,
  schema: Schema | undefined,
  isDataFrame: boolean,
): unknown {
  const columns = schema?.columns;
  if (!columns) return data;
  const cast = (column: ColSpec | undefined, value: unknown) =>
    column ? castCells(value, column, isDataFrame) : value;
  const [first] = columns;
  if (!schema.hasInputNames()) {
    if (!Array.isArray(data)) return cast(first, data);
    return data.map((item) =>
      Array.isArray(item) && columns.length > 1
        ? item.map((cell, at) => cast(columns[at], cell))
        : cast(first, item),
    );
  }
  const castFields = (fields: Fields) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        return [
          name,
          cast(
            columns.find((column) => column.name === name),
            value,
          ),
        ];
      }),
    );
  if (!Array.isArray(data)) {
    const fields = fieldsOf(data);
    return fields ? toRows(castFields(fields), columns) : data;
  }
  const isOfRows = data.some((item) => fieldsOf(item));
  // The items of a list are the rows of the only column.
  if (!isDataFrame && columns.length === 1 && !isOfRows && first?.name !== undefined) {
    return toRows(castFields({ [first.name]: data }), columns);
  }
  return data.map((item) => {
    const fields = fieldsOf(item);
    return fields ? castFields(fields) : item;
  });
}

/**
 * Lists in an object are columns, if no column of the schema can have a list as its value. `predict` takes lists of texts for
 * the values of one row. Python's server makes arrays of them first, which are columns for `predict`.
 */
function toRows(fields: Fields, columns: readonly ColSpec[]): unknown {
  const values = Object.values(fields);
  if (!values.some(Array.isArray) || !columns.every(({ type }) => isDataType(type))) return fields;
  try {
    return rowsOf(toTable(fields, () => false));
  } catch (cause) {
    throw invalidParameter(`Failed to enforce schema of data. Error: ${messageOf(cause)}`);
  }
}

function castCells(value: unknown, column: ColSpec, isDataFrame: boolean): unknown {
  return Array.isArray(value)
    ? value.map((item) => castCells(item, column, isDataFrame))
    : castCell(value, column, isDataFrame);
}

const WHOLE_NUMBER = /^\s*[+-]?\d+\s*$/;
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

function castCell(value: unknown, column: ColSpec, isDataFrame: boolean): unknown {
  switch (column.type) {
    case "integer":
    case "long":
      return toWhole(toNumber(value, column, WHOLE_NUMBER));
    case "float":
    case "double":
      return toNumber(value, column, NUMBER);
    case "boolean":
      return typeof value === "number" && !Number.isNaN(value) ? value !== 0 : value;
    case "string":
      return isDataFrame || !isNumberOrFlag(value) ? value : pythonStr(value);
    case "binary":
      return isDataFrame && typeof value === "string" ? Buffer.from(value, "base64") : value;
    case "datetime":
      return checkDate(value, column);
    default:
      return value;
  }
}

function toWhole(value: unknown): unknown {
  return typeof value === "number" && Number.isFinite(value) ? Math.trunc(value) : value;
}

function toNumber(value: unknown, column: ColSpec, isNumber: RegExp): unknown {
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "string") return value;
  if (isNumber.test(value)) return Number(value);
  throw notConverted(value, column);
}

function checkDate(value: unknown, column: ColSpec): unknown {
  if (typeof value === "string" && !readDate(value)) throw notConverted(value, column);
  return value;
}

function isNumberOrFlag(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function notConverted(value: string, { name, type }: ColSpec): MlflowException {
  return new MlflowException(
    `Invalid input. Data is not compatible with model signature. Failed to convert column ${name ?? 0} to type '${type}': ${pythonRepr(value)}`,
    "BAD_REQUEST",
  );
}
