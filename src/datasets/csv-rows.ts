import { countOf } from "../base/count-of.js";
import { invalidParameter } from "../base/errors.js";
import { setField } from "../data/plain.js";
import { type CsvRecord, readCsv } from "./csv.js";
import type { Located } from "./located.js";

/** Columns that are a field of a row, or a part of it: `inputs`, `inputs.question`, `expectations/expected_response`. */
const FIELD = /^(inputs|outputs|expectations|tags|trace)(?:[./](.+))?$/s;
/** Columns that are an expectation, by the names that scorers read. */
const EXPECTATION = /^(expected(_\w+)?|guidelines)$/;

interface Column {
  readonly header: string;
  readonly field: string;
  /** The name in that field. Undefined if the column is the whole field. */
  readonly name: string | undefined;
}

/**
 * Reads a CSV file with a header as rows.
 *
 * - A column `inputs`, `outputs`, `expectations`, `tags` or `trace` is that field of the row.
 * - A column such as `inputs.question` or `expectations/expected_response` is one value of that field.
 * - A column `expected`, `expected_…` or `guidelines` is an expectation of that name.
 * - If no column is `inputs` or a part of it, every other column is an input. Otherwise, every other column is an error.
 *
 * A cell that is a JSON object, array or quoted text is read as JSON; any other cell is a text. An empty cell is a missing
 * value.
 */
export async function* readCsvRows(
  chunks: AsyncIterable<string>,
  file: string,
): AsyncGenerator<Located> {
  let columns: readonly Column[] | undefined;
  const records = readCsv(chunks, (line, problem) =>
    invalidParameter(`${file}, line ${line} ${problem}.`),
  );
  for await (const record of records) {
    const where = `${file}, line ${record.line}`;
    if (columns) yield { value: rowOf(record, columns, where), where };
    else columns = columnsOf(record.cells, where);
  }
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the only header looks like several with another separator. */
function checkSeparator([only = "", ...others]: readonly string[], where: string): void {
  const separator = others.length > 0 ? undefined : /[;\t]/.exec(only)?.[0];
  if (separator === undefined) return;
  const name = separator === "\t" ? "tabs" : "semicolons";
  throw invalidParameter(
    `${where}: the columns are separated by ${name}. Save the file with commas as separators.`,
  );
}

function columnsOf(headers: readonly string[], where: string): readonly Column[] {
  checkSeparator(headers, where);
  const names = headers.map((header) => header.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidParameter(`${where} has the column '${twice}' twice.`);
  const hasInputs = names.some((name) => FIELD.exec(name)?.[1] === "inputs");
  return names.map((header): Column => {
    const [, field, name] = FIELD.exec(header) ?? [];
    if (field !== undefined) {
      if (name !== undefined && names.includes(field)) {
        throw invalidParameter(
          `${where} has the columns '${field}' and '${header}'. Give either the whole field or its parts.`,
        );
      }
      return { header, field, name };
    }
    if (EXPECTATION.test(header)) return { header, field: "expectations", name: header };
    if (header !== "" && !hasInputs) return { header, field: "inputs", name: header };
    throw invalidParameter(
      `${where} has the column '${header}', which is no field of a row. Name it 'inputs.${header || "question"}' or 'expectations.${header || "expected_response"}', or remove it.`,
    );
  });
}

function rowOf({ cells }: CsvRecord, columns: readonly Column[], where: string): object {
  if (cells.length !== columns.length) {
    throw invalidParameter(
      `${where} has ${countOf(cells.length, "cell")}, but the header has ${columns.length}.`,
    );
  }
  const row: Record<string, unknown> = {};
  for (const [index, { field, name, header }] of columns.entries()) {
    const cell = cells[index] ?? "";
    // Without any input, a row still has inputs.
    if (name !== undefined && field === "inputs") row.inputs ??= {};
    if (cell === "") continue;
    const value = jsonOrText(cell);
    if (name === undefined) row[field] = checkWhole(field, value, header, where);
    else {
      row[field] ??= {};
      setField(row[field] as object, name, value);
    }
  }
  return row;
}

/** `outputs` may be a text. The other fields are objects, so a cell of text is a mistake. */
function checkWhole(field: string, value: unknown, header: string, where: string): unknown {
  if (field === "outputs" || typeof value === "object") return value;
  throw invalidParameter(
    `${where}: the column '${header}' must contain a JSON object, for example {"question": "What is MLflow?"}, got ${JSON.stringify(value)}.`,
  );
}

function jsonOrText(cell: string): unknown {
  if (!/^\s*[[{"]/.test(cell)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
