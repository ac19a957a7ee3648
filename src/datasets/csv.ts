/** One record of a CSV file. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** The number of the line on which it starts, from 1. */
  readonly line: number;
}

/** Called for a record that is not CSV. Returns the error to throw. */
type Fail = (line: number, problem: string) => Error;

const SPECIAL = /[",\r\n]/g;

/**
 * Reads CSV as RFC 4180 defines it: cells are separated by commas, records by line ends of any system. A cell in double quotes may
 * contain commas, line ends and doubled quotes. Blank lines are ignored.
 */
export async function* readCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  fail: Fail,
): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader(fail);
  for await (const chunk of chunks) yield* reader.read(chunk);
  yield* reader.end();
}

class CsvReader {
  readonly #fail: Fail;
  /** `closed`: after a quote that ends the cell, or is the first of a doubled quote. */
  #state: "start" | "plain" | "quoted" | "closed" = "start";
  #cells: string[] = [];
  #cell = "";
  #line = 1;
  #firstLine = 1;
  #isAfterReturn = false;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  *read(chunk: string): Generator<CsvRecord> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === "quoted") {
        at = this.#readQuoted(chunk, at);
        continue;
      }
      at = this.#readPlain(chunk, at);
      const character = chunk[at];
      if (character === undefined) return;
      at += 1;
      const isSecondOfLineEnd = this.#isAfterReturn && character === "\n";
      this.#isAfterReturn = character === "\r";
      if (isSecondOfLineEnd) continue;
      if (character === '"') this.#openQuote();
      else if (character === ",") this.#endCell();
      else yield* this.#endRecord();
    }
  }

  *end(): Generator<CsvRecord> {
    if (this.#state === "quoted") {
      throw this.#fail(this.#firstLine, "has a quoted cell that does not end");
    }
    yield* this.#endRecord();
  }

  #readQuoted(chunk: string, from: number): number {
    const quote = chunk.indexOf('"', from);
    const text = chunk.slice(from, quote < 0 ? chunk.length : quote);
    // A chunk may begin between the two characters of a line end.
    if (this.#cell.endsWith("\r") && text.startsWith("\n")) this.#line -= 1;
    this.#cell += text;
    this.#line += text.match(/\r\n|\r|\n/g)?.length ?? 0;
    if (quote >= 0) this.#state = "closed";
    return quote < 0 ? chunk.length : quote + 1;
  }

  /** Returns the index of the next special character. */
  #readPlain(chunk: string, from: number): number {
    SPECIAL.lastIndex = from;
    const to = SPECIAL.exec(chunk)?.index ?? chunk.length;
    if (to === from) return to;
    if (this.#state === "closed") {
      throw this.#fail(this.#line, "has text after the closing quote of a cell");
    }
    this.#state = "plain";
    this.#isAfterReturn = false;
    this.#cell += chunk.slice(from, to);
    return to;
  }

  #openQuote(): void {
    if (this.#state === "plain") {
      throw this.#fail(
        this.#line,
        "has a quote in a cell without quotes. Put the cell in quotes, and double the quotes in it",
      );
    }
    if (this.#state === "closed") this.#cell += '"';
    this.#state = "quoted";
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#state = "start";
  }

  *#endRecord(): Generator<CsvRecord> {
    const isBlank = this.#cells.length === 0 && this.#state === "start";
    const line = this.#firstLine;
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    this.#line += 1;
    this.#firstLine = this.#line;
    if (!isBlank) yield { cells, line };
  }
}
