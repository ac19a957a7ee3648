import { invalidParameter, messageOf } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { ownField } from "../data/plain.js";
import { isDictionary } from "../settings/kinds.js";

/** A table in pandas' "split" form, which MLflow stores. */
export interface Table {
  readonly columns: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

/** The data of a table: rows, or columns. A single value fills its column. */
export type TableData =
  | readonly Readonly<Record<string, unknown>>[]
  | Readonly<Record<string, unknown>>;

/** A row of a table: values by column name. */
export type TableRow = Record<string, unknown>;

/** @throws MlflowException INVALID_PARAMETER_VALUE for data that is not a table. */
export function toTable(data: unknown): Table {
  // Copied first, because a getter or a proxy of the app may throw.
  const copy = attempt(() => {
    if (Array.isArray(data)) return data.map((row) => (isDictionary(row) ? { ...row } : row));
    return isDictionary(data) ? { ...data } : undefined;
  });
  if (Array.isArray(copy)) return tableOfRows(copy);
  if (copy) return tableOfColumns(copy as TableRow);
  throw invalidParameter(
    `data must be an array of rows or an object of columns, got ${show(data)}.`,
  );
}

function tableOfRows(rows: readonly unknown[]): Table {
  const columns = new Set<string>();
  for (const row of rows) {
    if (!isDictionary(row)) {
      throw invalidParameter(
        `Each row of a table must be an object such as { column: value }, got ${show(row)}.`,
      );
    }
    for (const column of Object.keys(row)) columns.add(column);
  }
  const names = [...columns];
  const data = rows.map((row) => names.map((name) => own(row as TableRow, name)));
  return { columns: names, data };
}

function tableOfColumns(columns: Readonly<Record<string, unknown>>): Table {
  const names = Object.keys(columns);
  const lists = Object.values(columns).filter(Array.isArray);
  const rowCount = lists[0]?.length ?? (names.length > 0 ? 1 : 0);
  if (lists.some((list) => list.length !== rowCount)) {
    const lengths = names.map((name) => {
      const column = columns[name];
      return `${name}: ${Array.isArray(column) ? column.length : "one value"}`;
    });
    throw invalidParameter(`All columns must be of the same length, got ${lengths.join(", ")}.`);
  }
  const data = Array.from({ length: rowCount }, (_, at) =>
    names.map((name) => {
      const column = columns[name];
      return Array.isArray(column) ? column[at] : column;
    }),
  );
  return { columns: names, data };
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

export function rowsOfTable({ columns, data }: Table): TableRow[] {
  return data.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
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

function own(row: TableRow, name: string): unknown {
  return ownField(row, name);
}
