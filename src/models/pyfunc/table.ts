import { invalidParameter } from "../../base/errors.js";
import { ownField } from "../../data/plain.js";
import { asList, type Fields, fieldsOf, isScalar, namesOf } from "../dump.js";
import { pythonTypeName } from "../python-text.js";

/** The equivalent of a pandas DataFrame, with named or numbered columns. A cell that is `undefined` is missing. */
export interface Table {
  readonly columns: ReadonlyMap<string | number, readonly unknown[]>;
  readonly rowCount: number;
}

/**
 * Converts an input to the table that MLflow makes of it. An object is one row if `isRow` returns true, otherwise its fields are
 * columns, as in pandas. A list of objects is a list of rows, a list of lists is rows with numbered columns, and any other list is
 * one column.
 */
export function toTable(input: unknown, isRow: (fields: Fields) => boolean): Table {
  if (isScalar(input)) return { columns: new Map([[0, [input]]]), rowCount: 1 };
  const list = asList(input);
  if (list) return tableOfList(list);
  const fields = fieldsOf(input);
  if (!fields) {
    throw invalidParameter(`Expected input to be DataFrame. Found: ${pythonTypeName(input)}`);
  }
  return isRow(fields) ? tableOfRows([fields]) : tableOfColumns(fields);
}

function tableOfList(list: readonly unknown[]): Table {
  const [first] = list;
  if (fieldsOf(first)) return tableOfRows(list.map((value) => likeFirst(value, fieldsOf, "dict")));
  if (!asList(first)) {
    const columns = new Map(list.length > 0 ? [[0, list]] : []);
    return { columns, rowCount: list.length };
  }
  const rows = list.map((value) => likeFirst(value, asList, "list"));
  const width = Math.max(...rows.map((row) => row.length));
  const numbers = Array.from({ length: width }, (_, index) => index);
  const columns = new Map(numbers.map((index) => [index, rows.map((row) => row[index])]));
  return { columns, rowCount: rows.length };
}

function likeFirst<T>(value: unknown, read: (value: unknown) => T | undefined, first: string): T {
  const row = read(value);
  if (row !== undefined) return row;
  throw castingError(`the first row is a ${first}, another a ${pythonTypeName(value)}`);
}

function tableOfRows(rows: readonly Fields[]): Table {
  const names = new Set(rows.flatMap(namesOf));
  const columns = [...names].map((name) => [name, rows.map((row) => ownField(row, name))] as const);
  return { columns: new Map(columns), rowCount: rows.length };
}

/** Makes columns of a dictionary, as pandas does: a list is a column, a dictionary is a column with named rows, a scalar fills its column. */
function tableOfColumns(fields: Fields): Table {
  const names = namesOf(fields);
  const lists = names.map((name) => asList(fields[name])).filter((list) => list !== undefined);
  const dicts = names.map((name) => fieldsOf(fields[name])).filter((dict) => dict !== undefined);
  if (lists.length > 0 && dicts.length > 0) {
    throw castingError("Mixing dicts with non-Series may lead to ambiguous ordering.");
  }
  const rowNames = [...new Set(dicts.flatMap(namesOf))];
  const rowCount = lists[0]?.length ?? (dicts.length > 0 ? rowNames.length : 1);
  if (lists.some(({ length }) => length !== rowCount)) {
    throw castingError("All arrays must be of the same length");
  }
  const columns = names.map((name) => {
    const value = fields[name];
    const dict = fieldsOf(value);
    const filled = () => Array.from({ length: rowCount }, () => value);
    return [
      name,
      asList(value) ?? (dict ? rowNames.map((row) => ownField(dict, row)) : filled()),
    ] as const;
  });
  return { columns: new Map(columns), rowCount };
}

export function castingError(why: string): Error {
  return invalidParameter(
    "This model contains a column-based signature, which suggests a DataFrame input. " +
      `There was an error casting the input data to a DataFrame: ${why}`,
  );
}

/** The rows of a table. If it has one unnamed column, its values; otherwise an object per row, without missing cells. */
export function rowsOf({ columns, rowCount }: Table): readonly unknown[] {
  const only = columns.size === 1 ? columns.get(0) : undefined;
  if (only) return only;
  return Array.from({ length: rowCount }, (_, row) => {
    const cells = [...columns].map(([name, values]) => [name, values[row]] as const);
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined));
  });
}
