import { types } from "node:util";
import { invalidParameter } from "../../base/errors.js";
import type { DataType } from "./schema-type.js";

/** The name that pandas has for the type of a column. */
type ColumnType = "bool" | "int64" | "float64" | "str" | "datetime64[us]" | "object";

/** The names that numpy has for MLflow's types, for errors. */
const NUMPY_NAMES: Readonly<Record<DataType, string>> = {
  boolean: "bool",
  integer: "int32",
  long: "int64",
  float: "float32",
  double: "float64",
  string: "<U0",
  binary: "|S0",
  datetime: "datetime64[ns]",
};

const MISSING_INTEGERS_HINT =
  " Hint: the type mismatch is likely caused by missing values. Declare the column optional, or as double.";

/**
 * Checks the values of a column (or of an array) as MLflow does, and returns them, converted to the type. It differs from MLflow in
 * two points. JavaScript has one number type, so a whole number matches every numeric type, and a number with a fraction matches
 * `float` and `double`. A missing integer stays `null`, so an optional column can have missing integers.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with Python's text.
 */
export function enforceColumn(
  name: string | number,
  values: readonly unknown[],
  type: DataType,
  required = true,
): readonly unknown[] {
  const found = columnType(values);
  if (fits(found, type)) return values;
  if (type === "datetime" && (found === "str" || found === "object")) {
    return values.map((value) => toDate(name, value, found));
  }
  const hasMissing = values.some(isMissing);
  if (isWhole(type) && values.every((value) => isMissing(value) || fitsWhole(value, type))) {
    if (!hasMissing || !required) return values;
  }
  if ((!required || type === "double") && values.every(isMissing)) return values;
  const isCastByMissing = found === "float64" && isWhole(type) && hasMissing;
  const hint = isCastByMissing && values.every(isMissingOrWhole) ? MISSING_INTEGERS_HINT : "";
  throw invalidParameter(
    `Incompatible input types for column ${name}. ` +
      `Can not safely convert ${found} to ${NUMPY_NAMES[type]}.${hint}`,
  );
}

function columnType(values: readonly unknown[]): ColumnType {
  const kinds = new Set(values.filter((value) => !isMissing(value)).map(kindOf));
  const hasMissing = values.some(isMissing);
  const [kind = "object", second] = kinds;
  if (second === undefined) {
    if (kind === "bool") return hasMissing ? "object" : "bool";
    if (kind === "int64") return hasMissing ? "float64" : "int64";
    return kind;
  }
  return [...kinds].every((one) => one === "int64" || one === "float64") ? "float64" : "object";
}

function kindOf(value: unknown): ColumnType {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "bigint") return "int64";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return types.isDate(value) ? "datetime64[us]" : "object";
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

function isMissingOrWhole(value: unknown): boolean {
  return isMissing(value) || Number.isInteger(value);
}

/** Whether pandas accepts the column without a conversion. */
function fits(found: ColumnType, type: DataType): boolean {
  switch (type) {
    case "string":
    case "binary":
      return found === "str" || found === "object";
    case "boolean":
      return found === "bool" || found === "object";
    case "datetime":
      return found === "datetime64[us]";
    case "float":
    case "double":
      return found === "float64" || found === "int64";
    default:
      return false;
  }
}

function isWhole(type: DataType): boolean {
  return type === "integer" || type === "long";
}

const INT32_LIMIT = 2 ** 31;

function fitsWhole(value: unknown, type: DataType): boolean {
  if (typeof value !== "bigint" && !Number.isInteger(value)) return false;
  const number = Number(value);
  return type === "long" || (number >= -INT32_LIMIT && number < INT32_LIMIT);
}

/** JSON has no dates, so a date can be a string. */
function toDate(name: string | number, value: unknown, found: ColumnType): unknown {
  if (isMissing(value) || types.isDate(value)) return value;
  const date = typeof value === "string" ? readDate(value) : undefined;
  if (date) return date;
  throw invalidParameter(`Failed to convert column ${name} from type ${found} to datetime.`);
}

/** Parses an ISO 8601 date, in UTC if it has no time zone. Returns undefined for any other string. */
export function readDate(text: string): Date | undefined {
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
  const [, day, time = "00:00", zone = "Z"] = iso.exec(text.trim()) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(`${day}T${time.replace(/(\.\d{3})\d+$/, "$1")}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
