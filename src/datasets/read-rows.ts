import { basename, resolve } from "node:path";
import { invalidParameter } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import type { EvaluationRow } from "./evaluation-row.js";
import { rootSpanOf } from "./from-trace.js";
import { openRows } from "./open-rows.js";
import { RowSummary } from "./row-summary.js";

/** The rows of an evaluation, and what is known about their origin. */
export interface RowSource {
  /** The name of the dataset that the run receives as input. */
  readonly name: string;
  /** The number of rows. Undefined for an iterable, whose rows must be read to count them. */
  readonly total: number | undefined;
  /** The path of the file that they come from. */
  readonly path?: string;
  /** The checked rows. Those of an iterable can be iterated once. */
  readonly rows: AsyncIterable<EvaluationRow>;
  /** Of all rows. For an iterable: of those that were read so far. */
  readonly summary: RowSummary;
}

/**
 * Reads the rows of an evaluation. An array or a file is checked completely before the first row is returned, so that no call of a
 * model is paid before a mistake in the last row is found. A file is read twice, and only a `.json` file is in memory.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a wrong row, with its place, and for data without rows. Iterating throws it for the
 * rows of an iterable.
 */
export async function readRows(data: unknown): Promise<RowSource> {
  const { path, isRepeatable, rows } = openRows(data);
  const summary = new RowSummary();
  const summarized = summarize(rows, summary);
  const name = path === undefined ? "dataset" : basename(path);
  const place = path === undefined ? {} : { path: resolve(path) };
  if (!isRepeatable) return { name, total: undefined, rows: summarized, summary };
  for await (const _row of summarized);
  return { name, ...place, total: summary.rows, rows, summary };
}

async function* summarize(
  rows: AsyncIterable<EvaluationRow>,
  summary: RowSummary,
): AsyncGenerator<EvaluationRow> {
  let withoutRoot = 0;
  for await (const row of rows) {
    if (row.trace && !rootSpanOf(row.trace)) withoutRoot += 1;
    summary.add(row);
    yield row;
  }
  if (summary.rows === 0) {
    throw invalidParameter("The dataset is empty. Please provide a non-empty dataset.");
  }
  if (withoutRoot > 0) {
    warnOnce(
      "rows without root span",
      `${withoutRoot} trace(s) do not have a root span, so input and output data may be missing for these traces. To read traces with their spans, call searchTraces() without \`includeSpans: false\`.`,
    );
  }
}
