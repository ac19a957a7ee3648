import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { invalidParameter, MlflowException, messageOf } from "../base/errors.js";
import { parseExactJson } from "../data/exact-json.js";
import { isPlainArray, isPlainObject, type Plain } from "../data/plain.js";
import { localFailure } from "../store/local-files.js";
import { readCsvRows } from "./csv-rows.js";
import type { Located } from "./located.js";

type ReadRows = (chunks: AsyncIterable<string>, file: string) => AsyncIterable<Located>;

const READERS: Readonly<Record<string, ReadRows>> = {
  json: readJson,
  jsonl: readJsonLines,
  ndjson: readJsonLines,
  csv: readCsvRows,
};

/** A file with rows: its path, and its rows, which are read while they are iterated. */
export interface RowFile {
  readonly path: string;
  readonly rows: AsyncIterable<Located>;
}

/**
 * Opens a file of rows, by its ending: `.json`, `.jsonl`, `.ndjson` or `.csv`.
 *
 * @param location a path, or a `file:` URL.
 * @throws MlflowException INVALID_PARAMETER_VALUE for another ending or URL. Reading throws RESOURCE_DOES_NOT_EXIST if the file does
 * not exist, and INVALID_PARAMETER_VALUE, with the file and the line, for content of another format.
 */
export function openRowFile(location: string | URL): RowFile {
  const path = pathOf(location);
  const read = READERS[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
  if (!read) {
    throw invalidParameter(
      `\`data\` takes a file that ends in .json, .jsonl, .ndjson or .csv, got '${path}'.`,
    );
  }
  return {
    path,
    rows: { [Symbol.asyncIterator]: () => read(textOf(path), path)[Symbol.asyncIterator]() },
  };
}

function pathOf(location: string | URL): string {
  const text = String(location);
  if (!/^[a-z][\w+.-]+:/i.test(text)) return text;
  if (/^file:/i.test(text)) {
    try {
      return fileURLToPath(text);
    } catch (cause) {
      throw invalidParameter(
        `\`data\` is not the URL of a file, got '${text}': ${messageOf(cause)}`,
      );
    }
  }
  throw invalidParameter(
    `\`data\` takes a local file, got '${text}'. Download the file, and pass its path.`,
  );
}

async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) {
      yield decoder.decode(bytes, { stream: true });
    }
    yield decoder.decode();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
      throw invalidParameter(`${path} is not text in UTF-8.`);
    throw localFailure("read", path, cause);
  }
}

async function* readJsonLines(
  chunks: AsyncIterable<string>,
  file: string,
): AsyncGenerator<Located> {
  let line = 0;
  for await (const text of linesOf(chunks)) {
    line += 1;
    if (text.trim() === "") continue;
    const where = `${file}, line ${line}`;
    yield { value: parse(text, where), where };
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const [first = "", ...lines] = chunk.split("\n");
    parts.push(first);
    for (const next of lines) {
      yield parts.join("");
      parts = [next];
    }
  }
  yield parts.join("");
}

/** An array of rows, or a table as pandas writes it: `{ "columns": […], "data": [[…]] }`. */
async function* readJson(chunks: AsyncIterable<string>, file: string): AsyncGenerator<Located> {
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const text = parts.join("");
  const rows = rowsOf(parse(text, file, lineOfFault(text)));
  if (!rows) {
    throw invalidParameter(
      `${file} must contain an array of rows, or an object { "columns": […], "data": [[…]] }.`,
    );
  }
  for (const [index, value] of rows.entries()) yield { value, where: `${file}, row ${index + 1}` };
}

function rowsOf(content: Plain): readonly unknown[] | undefined {
  if (isPlainArray(content)) return content;
  if (!isPlainObject(content)) return undefined;
  const { columns, data, records } = content;
  if (isPlainArray(records)) return records;
  if (!isPlainArray(columns) || !isPlainArray(data)) return undefined;
  return data.map((cells) =>
    isPlainArray(cells)
      ? Object.fromEntries(columns.map((column, index) => [String(column), cells[index]]))
      : cells,
  );
}

function parse(text: string, where: string, lineOf?: (cause: unknown) => string): Plain {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new MlflowException(
      `${where}${lineOf?.(cause) ?? ""} is not JSON: ${messageOf(cause)}`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

/** Some messages of `JSON.parse()` have the position of the fault. */
function lineOfFault(text: string): (cause: unknown) => string {
  return (cause) => {
    const position = /at position (\d+)/.exec(messageOf(cause))?.[1];
    if (position === undefined) return "";
    return `, line ${text.slice(0, Number(position)).split("\n").length}`;
  };
}
