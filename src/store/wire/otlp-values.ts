import {
  base64,
  dateText,
  fitsInt64,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import type { ProtobufWriter } from "./protobuf.js";
import { readFields } from "./protobuf-reader.js";

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
  // The spans of an agent share the copies of messages.
  if (writer.repeat(value, depth)) return;
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
  writer.remember(value, depth, end);
}

/**
 * Reads what {@link writeAttribute} has written.
 *
 * @throws RangeError if the bytes are not an attribute.
 */
export function readAttribute(bytes: Uint8Array): [string, Plain] {
  let key = "";
  let value: Plain = null;
  for (const field of readFields(bytes)) {
    if (field.number === KEY_VALUE.key) key = utf8(field.bytes);
    else if (field.number === KEY_VALUE.value) value = readAny(field.bytes);
  }
  return [key, value];
}

function readAny(bytes: Uint8Array): Plain {
  let value: Plain = null;
  for (const { number, integer, bytes: content } of readFields(bytes)) {
    if (number === ANY.text) value = utf8(content);
    else if (number === ANY.bool) value = integer !== 0n;
    else if (number === ANY.int) value = integerOf(integer);
    else if (number === ANY.double) value = doubleOf(integer);
    else if (number === ANY.array) value = itemsOf(content).map(readAny);
    else if (number === ANY.object) value = Object.fromEntries(itemsOf(content).map(readAttribute));
  }
  return value;
}

function itemsOf(bytes: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  for (const field of readFields(bytes)) if (field.number === ITEMS) items.push(field.bytes);
  return items;
}

function integerOf(unsigned: bigint): number | bigint {
  const value = BigInt.asIntN(64, unsigned);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const scratch = new DataView(new ArrayBuffer(8));

function doubleOf(bits: bigint): number {
  scratch.setBigUint64(0, bits);
  return scratch.getFloat64(0);
}

function utf8({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}
