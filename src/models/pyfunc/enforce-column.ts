import { MlflowException } from "../../errors.js";
import type { DataType } from "../signature/column-type.js";
import { pythonType } from "./python-text.js";

/** What numpy calls the types of a signature. */
const NUMPY_NAMES: Record<DataType, string> = {
  boolean: "bool",
  integer: "int32",
  long: "int64",
  float: "float32",
  double: "float64",
  string: "<U0",
  binary: "|S0",
  datetime: "datetime64[ns]",
};

const INT32 = 2 ** 31;

/**
 * The values of a column as its type wants them. As in Python, what pandas would keep as objects (texts,
 * lists, nulls among them) passes for a text. JavaScript has one kind of number: whole ones pass for
 * `double` too, and for `integer` where they fit.
 */
export function enforceColumn(
  name: string,
  values: readonly unknown[],
  type: DataType,
): readonly unknown[] {
  const found = dtypeOf(values);
  if (accepts(type, found, values)) {
    return type === "datetime" ? values.map((value) => toDate(name, value)) : values;
  }
  throw new MlflowException(
    `Incompatible input types for column ${name}. Can not safely convert ${found} to ${NUMPY_NAMES[type]}.${hint(type, found, values)}`,
    "INVALID_PARAMETER_VALUE",
  );
}

function accepts(type: DataType, found: Dtype, values: readonly unknown[]): boolean {
  switch (type) {
    case "string":
    case "binary":
      return found === "object";
    case "boolean":
      return found === "bool" || found === "object";
    case "long":
      return found === "int64";
    case "integer":
      return found === "int64" && values.every((value) => Math.abs(Number(value)) < INT32);
    case "float":
    case "double":
      return found === "int64" || found === "float64";
    case "datetime":
      return found === "object" || found === "datetime64[ns]";
  }
}

type Dtype = "bool" | "int64" | "float64" | "datetime64[ns]" | "object";

/** The dtype a pandas column of these values has. */
function dtypeOf(values: readonly unknown[]): Dtype {
  const types = new Set(values.map(pythonType));
  const only = (...names: string[]) => [...types].every((type) => names.includes(type));
  if (types.size === 0) return "object";
  if (only("bool")) return "bool";
  if (only("int")) return "int64";
  if (only("NoneType")) return "object";
  if (only("int", "float", "NoneType")) return "float64";
  return only("datetime", "NoneType") ? "datetime64[ns]" : "object";
}

function toDate(name: string, value: unknown): unknown {
  if (value === null || value === undefined || value instanceof Date) return value;
  const date = typeof value === "string" ? new Date(value) : undefined;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw new MlflowException(
    `Failed to convert column ${name} from type object to datetime.`,
    "INVALID_PARAMETER_VALUE",
  );
}

function hint(type: DataType, found: Dtype, values: readonly unknown[]): string {
  const isWhole = (value: unknown) =>
    value === null || value === undefined || Number.isInteger(value);
  if (found !== "float64" || !["integer", "long"].includes(type) || !values.every(isWhole))
    return "";
  return (
    " Hint: the type mismatch is likely caused by missing values. You can declare integer columns as " +
    "doubles (float64) whenever these columns may have missing values."
  );
}
