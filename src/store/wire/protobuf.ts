const FIRST_BYTES = 64 * 1024;
/** Up to this length, a loop is faster than Node's encoder. */
const SHORT_TEXT = 24;
/** To write fewer bytes again costs less than to remember them. */
const LONG_BYTES = 250;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

/**
 * Writes protobuf from the last field to the first: the length of a message is then known before its header is
 * written. Callers write fields and list items in reverse order.
 */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = viewOf(this.#buffer);
  #at = FIRST_BYTES;
  readonly #repeatable = new Map<object, { depth: number; end: number; size: number }>();

  /** Starts a message. Pass the returned position to {@link close} after its fields are written. */
  open(): number {
    return this.#buffer.length - this.#at;
  }

  close(field: number, mark: number): void {
    this.#reserve(20);
    this.#varint(this.#buffer.length - this.#at - mark);
    this.#tag(field, LENGTH);
  }

  text(field: number, text: string): void {
    const end = this.open();
    this.#utf8(withoutNul(text));
    this.close(field, end);
  }

  /** Writes bytes from lower-case hexadecimal digits. */
  hex(field: number, digits: string): void {
    const end = this.open();
    const size = digits.length / 2;
    this.#reserve(size);
    this.#at -= size;
    for (let byte = 0; byte < size; byte += 1) {
      const high = digitOf(digits.charCodeAt(byte * 2));
      this.#buffer[this.#at + byte] = high * 16 + digitOf(digits.charCodeAt(byte * 2 + 1));
    }
    this.close(field, end);
  }

  /** Writes a signed 64-bit integer. */
  int64(field: number, value: number | bigint): void {
    this.#reserve(20);
    if (typeof value === "number" && value >= 0) this.#varint(value);
    else this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
    this.#tag(field, VARINT);
  }

  fixed64(field: number, value: bigint): void {
    this.#reserve(20);
    this.#at -= 8;
    // Ten times as fast as Buffer's own method.
    this.#view.setBigUint64(this.#at, value, true);
    this.#tag(field, FIXED64);
  }

  double(field: number, value: number): void {
    this.#reserve(20);
    this.#at -= 8;
    this.#view.setFloat64(this.#at, value, true);
    this.#tag(field, FIXED64);
  }

  /** Remembers what was written for an object since `mark`. `depth`: objects that are deeper may be written differently. */
  remember(object: object, depth: number, mark: number): void {
    const end = this.open();
    if (end - mark >= LONG_BYTES) this.#repeatable.set(object, { depth, end, size: end - mark });
  }

  /** Writes what it remembers for the object at this depth. Returns false if it does not remember any. */
  repeat(object: object, depth: number): boolean {
    const known = this.#repeatable.get(object);
    if (known?.depth !== depth) return false;
    this.#reserve(known.size);
    const from = this.#buffer.length - known.end;
    this.#at -= known.size;
    this.#buffer.copyWithin(this.#at, from, from + known.size);
    return true;
  }

  /** Returns a copy of what was written, and empties the writer. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#buffer.subarray(this.#at));
    this.#at = this.#buffer.length;
    this.#repeatable.clear();
    return bytes;
  }

  /** Removes what was written since `mark`. */
  rewind(mark: number): void {
    this.#at = this.#buffer.length - mark;
    this.#repeatable.clear();
  }

  /** What was written. Not a copy: it is valid until the writer is used again. */
  get written(): Uint8Array {
    return this.#buffer.subarray(this.#at);
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    if (value < 128) {
      this.#at -= 1;
      this.#buffer[this.#at] = value;
      return;
    }
    const size = varintSize(value);
    let at = this.#at - size;
    this.#at = at;
    let rest = value;
    while (rest > 127) {
      this.#buffer[at++] = (rest % 128) | 128;
      rest = rest < 2 ** 31 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.#buffer[at] = rest;
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  #utf8(text: string): void {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return;
    // For a lone surrogate, Node writes and counts the three bytes of U+FFFD.
    const size = Buffer.byteLength(text);
    this.#reserve(size);
    this.#at -= size;
    this.#buffer.write(text, this.#at, size, "utf8");
  }

  #ascii(text: string): boolean {
    this.#reserve(SHORT_TEXT);
    let at = this.#at;
    for (let index = text.length - 1; index >= 0; index--) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[--at] = code;
    }
    this.#at = at;
    return true;
  }

  #reserve(size: number): void {
    if (this.#at >= size) return;
    const used = this.#buffer.length - this.#at;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, used + size * 2));
    this.#buffer.copy(larger, larger.length - used, this.#at);
    this.#buffer = larger;
    this.#view = viewOf(larger);
    this.#at = larger.length - used;
  }
}

/** Databases refuse texts with NUL. */
export function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

/** The value of a lower-case hexadecimal digit. */
function digitOf(code: number): number {
  return code > 57 ? code - 87 : code - 48;
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function varintSize(value: number): number {
  let size = 1;
  for (let limit = 128; value >= limit; limit *= 128) size++;
  return size;
}
