import { invalidParameter, messageOf } from "../base/errors.js";

/** A table in pandas' "split" form, which MLflow stores. */
export interface Table {
  readonly columns: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

/** Returns the rows of both tables. Columns that a table lacks are null in its rows. */
export function appendTable(first: Table, second: Table): Table {
  const columns = [...new Set([...first.columns, ...second.columns])];
  const rowsOf = (table: Table) => {
    const places = columns.map((name) => table.columns.indexOf(name));
    return table.data.map((row) => places.map((place) => (place < 0 ? null : row[place])));
  };
  return { columns, data: [...rowsOf(first), ...rowsOf(second)] };
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for values that cannot be converted to JSON. */
export function tableToJson({ columns, data }: Table): string {
  try {
    return JSON.stringify({ columns, data }, (_key, value: unknown) => {
      if (value === undefined) return null;
      if (typeof value !== "bigint") return value;
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    });
  } catch (cause) {
    throw invalidParameter(
      `Failed to save the table as the data is not JSON serializable. Error: ${messageOf(cause)}`,
    );
  }
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for text in another format. */
export function tableOfJson(text: string, artifactFile: string): Table {
  try {
    const { columns, data } = JSON.parse(text);
    if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray)) {
      return { columns: columns.map(String), data };
    }
  } catch {
    // Reported below.
  }
  throw invalidParameter(
    `The artifact ${artifactFile} is not a table written by logTable() or Python's log_table.`,
  );
}
