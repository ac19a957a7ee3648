import { crc32 } from "node:zlib";
import { ownField } from "../../data/plain.js";

/** Data that waits on disk: its description as JSON, and its bytes. */
export interface SpoolItem {
  readonly fields: JsonFields;
  readonly payload: Uint8Array;
}

/** The result of `JSON.parse()` of an object. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** The server that the items of a file are for. The next process finds its credentials itself. */
export interface SpoolPlace {
  /** The tracking URI, without credentials. */
  readonly uri: string;
  readonly workspace: string | undefined;
}

/** The content of a file. */
export interface SpoolContent {
  readonly place: SpoolPlace;
  readonly items: readonly SpoolItem[];
  /** The number of items that are not readable. */
  readonly damaged: number;
  /** Why the items were refused, if the file is a dead letter. */
  readonly answer?: string;
}

/**
 * `damaged`: the bytes are no whole file of this package. `newer`: a later version of this package has written it, and can read it.
 */
export type SpoolProblem = "damaged" | "newer";

const MAGIC = Buffer.from("mlspool\n");
const VERSION = 1;
/** The length and the checksum of a record. */
const RECORD_HEAD_BYTES = 8;
/** The length of the description of an item. */
const ITEM_HEAD_BYTES = 4;

/** Writes a file: a mark, a header, and a record for each item. Each record has a checksum. */
export function encodeSpoolFile(
  place: SpoolPlace,
  items: readonly SpoolItem[],
  answer?: string,
): Uint8Array {
  const { uri, workspace } = place;
  const header = { version: VERSION, uri, workspace, items: items.length, answer };
  const parts: Uint8Array[] = [MAGIC, ...recordOf(0, [Buffer.from(JSON.stringify(header))])];
  for (const [index, { fields, payload }] of items.entries()) {
    const text = Buffer.from(JSON.stringify(fields));
    const length = Buffer.alloc(ITEM_HEAD_BYTES);
    length.writeUInt32LE(text.length);
    parts.push(...recordOf(index + 1, [length, text, payload]));
  }
  return Buffer.concat(parts);
}

/** The checksum covers the position too, so that records that are exchanged or missing are found. */
function recordOf(position: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  head.writeUInt32LE(parts.reduce((sum, { length }) => sum + length, 0));
  const checksum = parts.reduce((sum, part) => crc32(part, sum), checksumOfHead(position, head));
  head.writeUInt32LE(checksum, 4);
  return [head, ...parts];
}

function checksumOfHead(position: number, head: Buffer): number {
  return crc32(head.subarray(0, 4), position);
}

/** Reads a file. Never throws. Items that are damaged are counted and skipped. */
export function decodeSpoolFile(bytes: Uint8Array): SpoolContent | SpoolProblem {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return "damaged";
  let at = MAGIC.length;
  const next = (position: number): Buffer | undefined => {
    if (at + RECORD_HEAD_BYTES > file.length) return undefined;
    const head = file.subarray(at, at + RECORD_HEAD_BYTES);
    const start = at + RECORD_HEAD_BYTES;
    const end = start + head.readUInt32LE();
    if (end > file.length) return undefined;
    const content = file.subarray(start, end);
    const isWhole = crc32(content, checksumOfHead(position, head)) === head.readUInt32LE(4);
    at = end;
    return isWhole ? content : undefined;
  };
  const header = parseObject(next(0));
  if (!header) return "damaged";
  if (header.version !== VERSION) return "newer";
  const count = Number(header.items);
  const items: SpoolItem[] = [];
  for (let position = 1; position <= count; position += 1) {
    if (at >= file.length) break;
    const item = itemOf(next(position));
    if (item) items.push(item);
  }
  const { uri, workspace, answer } = header;
  return {
    place: { uri: String(uri), workspace: textOf(workspace) },
    items,
    damaged: count - items.length,
    ...(typeof answer === "string" && { answer }),
  };
}

function itemOf(record: Buffer | undefined): SpoolItem | undefined {
  if (!record || record.length < ITEM_HEAD_BYTES) return undefined;
  const end = ITEM_HEAD_BYTES + record.readUInt32LE();
  if (end > record.length) return undefined;
  const fields = parseObject(record.subarray(ITEM_HEAD_BYTES, end));
  return fields && { fields, payload: record.subarray(end) };
}

function parseObject(bytes: Buffer | undefined): JsonFields | undefined {
  try {
    const value: unknown = JSON.parse(bytes?.toString("utf8") ?? "");
    return objectOf(value);
  } catch {
    return undefined;
  }
}

/** Reads an object of parsed JSON. Undefined for other values. */
export function objectOf(value: unknown): JsonFields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
}

/** Splits a payload into the parts that a list describes: each entry has the size of its part, `bytes`. */
export function partsOf(list: unknown, payload: Uint8Array): [JsonFields, Uint8Array][] {
  let at = 0;
  return (Array.isArray(list) ? list : []).map((entry: unknown) => {
    const fields = objectOf(entry) ?? {};
    const start = at;
    at += Number(fields.bytes);
    return [fields, payload.subarray(start, at)];
  });
}

/** Reads a text of parsed JSON. Undefined for other values. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Reads a text field of parsed JSON. Undefined for other values. */
export function textField(fields: JsonFields, name: string): string | undefined {
  return textOf(ownField(fields, name));
}
