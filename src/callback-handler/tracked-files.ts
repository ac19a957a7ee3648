import { type PlainObject, toJson } from "../data/plain.js";
import type { RunTarget } from "../delivery/destination.js";
import type { FileToLog } from "../delivery/run-job.js";
import { putBytes, toArtifactJson } from "../runs/log-artifacts.js";
import { putTable } from "../runs/log-table.js";
import { toTable } from "../runs/table.js";
import { joinArtifactPath } from "../store/artifact-path.js";
import { toChatHtml, toHtmlTable } from "./html.js";
import type { Exchange } from "./tracked-calls.js";

/**
 * Holds JSON files until they are put into the queue together. Each file is a separate request, and a stream has many
 * files.
 */
export class HeldFiles {
  characters = 0;
  #records = new Map<string, PlainObject>();
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  add(name: string, record: PlainObject, characters: number): void {
    this.#records.set(joinArtifactPath(this.#directory, `${name}.json`), record);
    this.characters += characters;
  }

  takeAll(): readonly FileToLog[] {
    const records = this.#records;
    this.#records = new Map();
    this.characters = 0;
    return Array.from(records, ([path, record]) => ({ path, bytes: bytesOf(record) }));
  }
}

function bytesOf(record: PlainObject): Buffer {
  return Buffer.from(toArtifactJson(JSON.parse(toJson(record))));
}

/** The latest items of a table, limited in number and size. */
export class BoundedList<T> {
  readonly #entries: { readonly item: T; readonly characters: number }[] = [];
  readonly #maxItems: number;
  readonly #maxCharacters: number;
  readonly #onDropped: () => void;
  #characters = 0;

  constructor(maxItems: number, maxCharacters: number, onDropped: () => void) {
    this.#maxItems = maxItems;
    this.#maxCharacters = maxCharacters;
    this.#onDropped = onDropped;
  }

  add(item: T, characters: number): void {
    this.#entries.push({ item, characters });
    this.#characters += characters;
    while (this.#isOver()) {
      this.#characters -= this.#entries.shift()?.characters ?? 0;
      this.#onDropped();
    }
  }

  #isOver(): boolean {
    const { length } = this.#entries;
    return length > this.#maxItems || (length > 1 && this.#characters > this.#maxCharacters);
  }

  get items(): readonly T[] {
    return this.#entries.map(({ item }) => item);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#characters = 0;
  }
}

/** Puts the tables into the queue, as HTML like Python's and as tables for MLflow's UI. The new files replace earlier ones. */
export function putTables(
  run: RunTarget,
  records: readonly PlainObject[],
  exchanges: readonly Exchange[],
  pathOf: (name: string) => string,
): Promise<void>[] {
  const putBoth = (name: string, rows: readonly PlainObject[]) => [
    putHtml(run, pathOf(`table_${name}.html`), toHtmlTable(rows, toTable(rows).columns)),
    putTable(run, pathOf(`table_${name}.json`), rows),
  ];
  const actions = putBoth("action_records", records);
  if (exchanges.length === 0) return actions;
  const chat = putHtml(run, pathOf("chat_html.html"), toChatHtml(exchanges));
  return [...actions, ...putBoth("session_analysis", exchanges), chat];
}

function putHtml(run: RunTarget, path: string, html: string): Promise<void> {
  return putBytes(run, { path, bytes: Buffer.from(html) });
}
