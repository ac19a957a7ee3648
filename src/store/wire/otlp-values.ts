import {
  base64,
  dateText,
  fitsInt64,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import type { ProtobufWriter } from "./protobuf.js";

/** The server's parser rejects a request with 31 levels of objects. */
const MAX_DEPTH = 24;

/** Field numbers of opentelemetry/proto/common/v1/common.proto. */
const KEY_VALUE = { key: 1, value: 2 };
const ANY = { text: 1, bool: 2, int: 3, double: 4, array: 5, object: 6 };
const ITEMS = 1;

/** Writes the fields of `object` as attributes and keeps their types. Deep subtrees become JSON text. */
export function writeAttributes(writer: ProtobufWriter, field: number, object: PlainObject): void {
  writeEntries(writer, field, object, 0);
}

function writeEntries(
  writer: ProtobufWriter,
  field: number,
  object: PlainObject,
  depth: number,
): void {
  const keys = Object.keys(object);
  for (let index = keys.length - 1; index >= 0; index--) {
    const value = object[keys[index]!];
    if (value !== undefined) writeAttribute(writer, field, keys[index]!, value, depth);
  }
}

/** Writes one key and its value. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: Plain,
  depth = 0,
): void {
  const end = writer.open();
  writeAny(writer, KEY_VALUE.value, value, depth);
  writer.text(KEY_VALUE.key, key);
  writer.close(field, end);
}

function writeAny(writer: ProtobufWriter, field: number, value: Plain, depth: number): void {
  const end = writer.open();
  if (typeof value === "string") writer.text(ANY.text, value);
  else if (typeof value === "number") writeNumber(writer, value);
  else if (typeof value === "boolean") writer.int64(ANY.bool, value ? 1 : 0);
  else if (typeof value === "bigint") writeBigint(writer, value);
  else if (value instanceof Date) writer.text(ANY.text, dateText(value));
  else if (value instanceof Uint8Array) writer.text(ANY.text, base64(value));
  else if (value !== null) writeContainer(writer, value, depth + 1);
  writer.close(field, end);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isSafeInteger(value)) writer.int64(ANY.int, value);
  else if (Number.isFinite(value)) writer.double(ANY.double, value);
  // The server would write NaN into JSON, and browsers could not parse that.
  else writer.text(ANY.text, String(value));
}

function writeBigint(writer: ProtobufWriter, value: bigint): void {
  if (fitsInt64(value)) writer.int64(ANY.int, value);
  else writer.text(ANY.text, String(value));
}

function writeContainer(
  writer: ProtobufWriter,
  value: readonly Plain[] | PlainObject,
  depth: number,
): void {
  const end = writer.open();
  if (depth > MAX_DEPTH) {
    writer.text(ANY.text, toJson(value));
  } else if (Array.isArray(value)) {
    for (let index = value.length - 1; index >= 0; index--) {
      writeAny(writer, ITEMS, value[index] ?? null, depth);
    }
    writer.close(ANY.array, end);
  } else {
    writeEntries(writer, ITEMS, value as PlainObject, depth);
    writer.close(ANY.object, end);
  }
}
