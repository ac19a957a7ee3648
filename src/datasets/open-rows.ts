import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { readArguments } from "../settings/check-options.js";
import type { Trace as TraceRecord } from "../trace/trace.js";
import { type EvaluationRow, type EvaluationRowInput, readRow } from "./evaluation-row.js";
import type { Located } from "./located.js";
import { openRowFile } from "./row-files.js";

/** Rows, or traces that `searchTraces()` or `getTrace()` returned. */
export type RowList =
  | Iterable<EvaluationRowInput | TraceRecord>
  | AsyncIterable<EvaluationRowInput | TraceRecord>;

/** Rows, traces, or the path or URL of a file with rows: `.json`, `.jsonl`, `.ndjson` or `.csv`. */
export type RowData = RowList | string | URL;

/** Rows that are checked while they are iterated. */
export interface OpenRows {
  /** The path of the file that they come from. */
  readonly path?: string;
  /** Whether the rows can be iterated again. */
  readonly isRepeatable: boolean;
  readonly rows: AsyncIterable<EvaluationRow>;
}

/** Checks a row. `where` is its place, for the error that it throws. */
export type CheckRow = (row: EvaluationRow, where: string) => void;

/**
 * Opens rows. A large file is never in memory, unless it ends in `.json`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for data of another kind. Iterating throws it for a wrong row, with its place.
 */
export function openRows(data: unknown, checkRow: CheckRow = () => {}): OpenRows {
  return readArguments("`data`", () => {
    if (typeof data === "string" || data instanceof URL) {
      const { path, rows } = openRowFile(data);
      return { path, isRepeatable: true, rows: checked(() => rows, checkRow) };
    }
    const list = listOf(data);
    return { isRepeatable: Array.isArray(list), rows: checked(() => located(list), checkRow) };
  });
}

function listOf(data: unknown): Iterable<unknown> | AsyncIterable<unknown> {
  const { [Symbol.iterator]: each, [Symbol.asyncIterator]: eachLater } = Object(data);
  if (typeof data === "object" && (typeof each === "function" || typeof eachLater === "function")) {
    return data as Iterable<unknown>;
  }
  throw invalidParameter(
    `\`data\` takes an array or an iterable of rows or traces, an evaluation dataset, or the path of a .json, .jsonl, .ndjson or .csv file, got ${show(data)}.`,
  );
}

async function* located(list: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Located> {
  let row = 0;
  const next = (value: unknown): Located => {
    row += 1;
    return { value, where: `Row ${row} of \`data\`` };
  };
  // `for await` would read the field `then` of each row of an array.
  if (Symbol.iterator in list) for (const value of list) yield next(value);
  else for await (const value of list) yield next(value);
}

function checked(
  open: () => AsyncIterable<Located>,
  checkRow: CheckRow,
): AsyncIterable<EvaluationRow> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const one of open()) {
        const row = readArguments(one.where, () => readRow(one));
        checkRow(row, one.where);
        yield row;
      }
    },
  };
}
