import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { ownField } from "../data/plain.js";
import { isDictionary } from "../settings/kinds.js";
import type { Table } from "../store/table.js";

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

export function rowsOfTable({ columns, data }: Table): TableRow[] {
  return data.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
}

function own(row: TableRow, name: string): unknown {
  return ownField(row, name);
}
