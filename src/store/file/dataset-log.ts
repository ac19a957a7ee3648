import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { MlflowException } from "../../base/errors.js";
import { createTurns } from "../../base/in-turn.js";
import { parseExactJson } from "../../data/exact-json.js";
import { isPlainObject, type PlainObject, toJson } from "../../data/plain.js";
import { mergeRecord } from "../dataset-records.js";
import type { DatasetRecord, NewDatasetRecord } from "../dataset-store.js";
import { newRecordToJson, readRecord } from "../wire/dataset-json.js";
import { DatasetState, type Place } from "./dataset-state.js";

// A dataset is one file to which all its changes are appended, one JSON text a line: `{ "dataset": … }` first, then
// `{ "record": … }`, `{ "deleted": … }`, `{ "tags": … }` and `{ "experiments": … }`. Each append is one write, so that
// several processes can change a dataset at the same time. What a reader has read once is not read again.

const CHUNK_BYTES = 256 * 1024;
const NEW_LINE = 0x0a;

/** The file of one dataset. */
export class DatasetLog {
  readonly #file: string;
  readonly #inTurn = createTurns();
  #state = new DatasetState();
  #readBytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The state after all changes so far. Undefined if the dataset does not exist. */
  read(): Promise<DatasetState | undefined> {
    return this.#inTurn(async () => {
      const handle = await openExisting(this.#file, constants.O_RDONLY);
      if (!handle) return undefined;
      try {
        await this.#readTail(handle);
      } finally {
        await handle.close();
      }
      return this.#state;
    });
  }

  /** @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset was deleted. */
  async append(entries: readonly PlainObject[]): Promise<void> {
    if (entries.length === 0) return;
    const handle = await openExisting(this.#file, constants.O_WRONLY | constants.O_APPEND);
    if (!handle) throw new MlflowException("The dataset was deleted.", "RESOURCE_DOES_NOT_EXIST");
    try {
      // The first line end ends a line that a killed process has left incomplete.
      const text = `\n${entries.map((entry) => toJson(entry)).join("\n")}\n`;
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  }

  /** Reads the records at these places: each has one place for every change of the record. */
  async readRecords(
    records: readonly (readonly [recordId: string, places: readonly Place[]])[],
  ): Promise<DatasetRecord[]> {
    const handle = await openExisting(this.#file, constants.O_RDONLY);
    if (!handle) return [];
    try {
      const read: DatasetRecord[] = [];
      const lines = await readLines(
        handle,
        records.flatMap(([, places]) => places),
      );
      for (const [recordId, places] of records) {
        let record: DatasetRecord | undefined;
        for (const { offset } of places) {
          const { added, timeMs } = addedRecord(parse(lines.get(offset)) ?? {});
          record = mergeRecord(record, added, recordId, timeMs);
        }
        if (record) read.push(record);
      }
      return read;
    } finally {
      await handle.close();
    }
  }

  async #readTail(handle: FileHandle): Promise<void> {
    const { size } = await handle.stat();
    if (size < this.#readBytes) {
      this.#state = new DatasetState();
      this.#readBytes = 0;
    }
    let rest: Buffer = Buffer.alloc(0);
    let start = this.#readBytes;
    while (start + rest.length < size) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - start - rest.length));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, start + rest.length);
      if (bytesRead === 0) break;
      rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let from = 0;
      for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE, from)) {
        const line = rest.subarray(from, end);
        this.#apply(line, { offset: start + from, bytes: line.length });
        from = end + 1;
      }
      start += from;
      rest = rest.subarray(from);
    }
    this.#readBytes = start;
  }

  #apply(line: Buffer, place: Place): void {
    const entry = parse(line);
    if (entry) this.#state.apply(entry, place);
  }
}

/** The entry for a record that was added. */
export function recordEntry(added: NewDatasetRecord, recordId: string, timeMs: number) {
  const { inputs, ...more } = newRecordToJson(added);
  return { record: { dataset_record_id: recordId, inputs, ...more }, time: timeMs };
}

function addedRecord(entry: PlainObject): { added: NewDatasetRecord; timeMs: number } {
  const json = isPlainObject(entry.record) ? entry.record : {};
  const { inputs, expectations, source, tags } = readRecord(json);
  return {
    added: {
      inputs,
      ...(json.outputs !== undefined && { outputs: json.outputs }),
      ...(expectations && { expectations }),
      tags,
      ...(source && { source }),
    },
    timeMs: Number(entry.time ?? 0),
  };
}

/** Whether a merge changes nothing but the time. */
export function isSameRecord(one: DatasetRecord, other: DatasetRecord): boolean {
  return isDeepStrictEqual({ ...one, lastUpdateTimeMs: 0 }, { ...other, lastUpdateTimeMs: 0 });
}

/** Reads lines by their offset. Neighbours are read together. */
async function readLines(
  handle: FileHandle,
  places: readonly Place[],
): Promise<ReadonlyMap<number, Buffer>> {
  const sorted = places.toSorted((one, other) => one.offset - other.offset);
  const lines = new Map<number, Buffer>();
  for (let from = 0; from < sorted.length; ) {
    const start = sorted[from]?.offset ?? 0;
    let end = start;
    let to = from;
    for (let place = sorted[to]; place; place = sorted[to]) {
      const isFar = place.offset - end > CHUNK_BYTES || end - start > CHUNK_BYTES;
      if (to > from && isFar) break;
      end = place.offset + place.bytes;
      to += 1;
    }
    const bytes = Buffer.alloc(end - start);
    await handle.read(bytes, 0, bytes.length, start);
    for (const { offset, bytes: length } of sorted.slice(from, to)) {
      lines.set(offset, bytes.subarray(offset - start, offset - start + length));
    }
    from = to;
  }
  return lines;
}

/** Undefined for a blank line, and for one that a killed process has left incomplete. */
function parse(line: Buffer | undefined): PlainObject | undefined {
  if (!line || line.length === 0) return undefined;
  try {
    const entry = parseExactJson(line.toString("utf8"));
    return isPlainObject(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined if the file does not exist. An append must not create it: another process may have deleted the dataset. */
async function openExisting(file: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(file, flags);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
