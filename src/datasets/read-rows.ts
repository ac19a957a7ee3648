import { basename, resolve } from "node:path";
import { invalidParameter } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { attempt } from "../base/show.js";
import type { Dataset } from "../store/run-store.js";
import { rootSpanOf } from "../trace/trace.js";
import { inputOfDataset, inputOfRows } from "./dataset-input.js";
import { type EvaluationDataset, isEvaluationDataset } from "./evaluation-dataset.js";
import type { EvaluationRow } from "./evaluation-row.js";
import { type CheckRow, openRows } from "./open-rows.js";
import { RowSummary } from "./row-summary.js";

/** The rows of an evaluation, and what is known about their origin. */
export interface RowSource {
  /** The name of the dataset that the run receives as input. */
  readonly name: string;
  /** The number of rows. Undefined for an iterable, whose rows must be read to count them. */
  readonly total: number | undefined;
  /** The checked rows. Those of an iterable can be iterated once. */
  readonly rows: AsyncIterable<EvaluationRow>;
  /** The dataset that the run receives as input. Of an iterable, it describes the rows that were read so far. */
  datasetInput(): Dataset;
}

/**
 * Reads the rows of an evaluation: those of a dataset, an array, an iterable or a file. An array or a file is checked completely
 * before the first row is returned, so that no call of a model is paid before a mistake in the last row is found. A file is read
 * twice, and only a `.json` file is in memory.
 *
 * @param checkRow throws for a row that cannot be used.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a wrong row, with its place, and for data without rows. Iterating throws it for the
 * rows of an iterable.
 */
export async function readRows(data: unknown, checkRow?: CheckRow): Promise<RowSource> {
  if (isEvaluationDataset(data)) return rowsOfDataset(data, checkRow);
  const { path, isRepeatable, rows } = openRows(data, checkRow);
  const summary = new RowSummary();
  const summarized = observed(rows, (row) => summary.add(row));
  const name = path === undefined ? "dataset" : basename(path);
  const place = path === undefined ? undefined : resolve(path);
  const datasetInput = () => inputOfRows(name, summary, place);
  if (!isRepeatable) return { name, total: undefined, rows: summarized, datasetInput };
  for await (const _row of summarized);
  return { name, total: summary.rows, rows, datasetInput };
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the dataset has no records. */
async function rowsOfDataset(
  dataset: EvaluationDataset,
  checkRow: CheckRow | undefined,
): Promise<RowSource> {
  let row = 0;
  if (checkRow) {
    for await (const one of dataset.toRows()) {
      row += 1;
      checkRow(one, `Row ${row} of the dataset '${dataset.name}'`);
    }
  }
  const { num_records: total } = Object(attempt(() => JSON.parse(dataset.profile ?? "{}")));
  return {
    name: dataset.name,
    total: typeof total === "number" ? total : undefined,
    rows: observed(dataset.toRows(), () => {}),
    datasetInput: () => inputOfDataset(dataset),
  };
}

async function* observed(
  rows: AsyncIterable<EvaluationRow>,
  observe: (row: EvaluationRow) => void,
): AsyncGenerator<EvaluationRow> {
  let count = 0;
  let withoutRoot = 0;
  for await (const row of rows) {
    count += 1;
    if (row.trace && !rootSpanOf(row.trace)) withoutRoot += 1;
    observe(row);
    yield row;
  }
  if (count === 0) {
    throw invalidParameter("The dataset is empty. Please provide a non-empty dataset.");
  }
  if (withoutRoot > 0) {
    warnOnce(
      "rows without root span",
      `${withoutRoot} trace(s) do not have a root span, so input and output data may be missing for these traces. To read traces with their spans, call searchTraces() without \`includeSpans: false\`.`,
    );
  }
}
