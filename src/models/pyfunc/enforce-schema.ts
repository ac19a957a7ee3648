import { MlflowException } from "../../errors.js";
import { isDataType } from "../signature/column-type.js";
import type { ColSpec, Schema } from "../signature/schema.js";
import { enforceColumn } from "./enforce-column.js";
import { enforceType } from "./enforce-type.js";
import { pythonMessageText, pythonText } from "./python-text.js";
import { type Rows, rowsOf } from "./rows.js";

/**
 * The data as the model's signature wants it: the rows it is to be called for, one value each. Mirrors
 * `mlflow.pyfunc`'s schema enforcement with its rules and texts. `warn` hears of what is ignored.
 */
export function enforceSchema(
  data: unknown,
  schema: Schema,
  warn: (message: string) => void,
): readonly unknown[] {
  if (schema.isTensorSpec) return Array.isArray(data) ? data : [data];
  try {
    const table = rowsOf(data, schema);
    return schema.hasInputNames ? enforceNamed(table, schema, warn) : enforceUnnamed(table, schema);
  } catch (cause) {
    throw new MlflowException(
      `Failed to enforce schema of data '${pythonMessageText(data)}' with schema '${schema}'. ` +
        `Error: ${(cause as Error).message}`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

function enforceNamed(
  { names, rows }: Rows,
  { columns }: Schema,
  warn: (message: string) => void,
): readonly unknown[] {
  const nameOf = ({ name = "" }: ColSpec) => name;
  const known = columns.map(nameOf);
  const missing = columns
    .filter(({ required }) => required)
    .map(nameOf)
    .filter((name) => !names.includes(name));
  const extra = names.filter((name) => !known.includes(name));
  if (missing.length > 0) throw missingInputs(missing, extra);
  if (extra.length > 0) {
    warn(
      "Found extra inputs in the model input that are not defined in the model signature: " +
        `\`${listText(extra)}\`. These inputs will be ignored.`,
    );
  }
  const there = columns.filter((column) => names.includes(nameOf(column)));
  const values = there.map((column) =>
    enforceValues(
      nameOf(column),
      rows.map((row) => row[nameOf(column)]),
      column,
    ),
  );
  return rows.map((row, index) =>
    Object.fromEntries(
      there.flatMap((column, place) => {
        const name = nameOf(column);
        // Beside rows that have it, one that lacks an optional column goes on without it.
        return Object.hasOwn(row, name) ? [[name, values[place]?.[index]]] : [];
      }),
    ),
  );
}

function enforceUnnamed({ names, rows }: Rows, { columns }: Schema): readonly unknown[] {
  if (names.length < columns.length) {
    throw new MlflowException(
      `Model inference is missing inputs. The model signature declares ${columns.length} inputs  but the ` +
        `provided value only has ${names.length} inputs. Note: the inputs were not named in the signature ` +
        "so we can only verify their count.",
      "INVALID_PARAMETER_VALUE",
    );
  }
  const values = columns.map((column, place) => {
    const name = names[place] ?? "";
    return enforceValues(
      name,
      rows.map((row) => row[name]),
      column,
    );
  });
  // A single column of scalars is the scalars; rows that had names keep them, as Python's records do.
  const isScalar = names[0] === "0" && columns.length === 1;
  if (isScalar) return values[0] ?? [];
  return rows.map((_, index) =>
    Object.fromEntries(
      columns.map((_column, place) => [names[place] ?? "", values[place]?.[index]]),
    ),
  );
}

function enforceValues(name: string, values: readonly unknown[], { type, required }: ColSpec) {
  if (isDataType(type.type)) {
    // What an optional column lacks in some rows says nothing of its type.
    const isGiven = (value: unknown) => required || (value !== undefined && value !== null);
    const given = enforceColumn(name, values.filter(isGiven), type.type);
    let next = 0;
    return values.map((value) => (isGiven(value) ? given[next++] : value));
  }
  return values.map((value) => enforceType(value, type, required));
}

function missingInputs(missing: readonly string[], extra: readonly string[]): MlflowException {
  const note = extra.length > 0 ? ` Note that there were extra inputs: ${listText(extra)}.` : "";
  return new MlflowException(
    `Model is missing inputs ${listText(missing)}.${note}`,
    "INVALID_PARAMETER_VALUE",
  );
}

/** A column without a name is the number 0 in Python. */
function listText(names: readonly string[]): string {
  return `[${names.map((name) => (/^\d+$/.test(name) ? name : pythonText(name))).join(", ")}]`;
}
