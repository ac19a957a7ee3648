const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** A field of a message, with its raw value. */
export interface ProtobufField {
  readonly number: number;
  /** An integer of a varint or of a fixed width. 0 for a field with bytes. */
  readonly integer: bigint;
  /** The bytes of a text or a nested message. Empty for an integer. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array();

/**
 * Reads the fields of a message, in their order.
 *
 * @throws RangeError if the bytes are not a message.
 */
export function* readFields(bytes: Uint8Array): Generator<ProtobufField> {
  const reader = new ProtobufReader(bytes);
  while (!reader.isAtEnd) yield reader.field();
}

class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  field(): ProtobufField {
    const tag = Number(this.#varint());
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (type === VARINT) return { number, integer: this.#varint(), bytes: NO_BYTES };
    if (type === LENGTH) return { number, integer: 0n, bytes: this.#take(Number(this.#varint())) };
    if (type === FIXED64) {
      const at = this.#at;
      this.#take(8);
      return { number, integer: this.#view.getBigUint64(at, true), bytes: NO_BYTES };
    }
    if (type !== FIXED32) throw new RangeError(`The wire type ${type} is not supported.`);
    const at = this.#at;
    this.#take(4);
    return { number, integer: BigInt(this.#view.getUint32(at, true)), bytes: NO_BYTES };
  }

  #take(size: number): Uint8Array {
    const end = this.#at + size;
    if (end > this.#bytes.length) throw new RangeError("The message ends too early.");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #varint(): bigint {
    let low = 0;
    // Four bytes fit into a number, which is much faster than a bigint.
    for (let index = 0; index < 4; index += 1) {
      const byte = this.#byte();
      low += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let index = 4; index < 10; index += 1) {
      const byte = this.#byte();
      value += BigInt(byte & 127) << BigInt(7 * index);
      if (byte < 128) return value;
    }
    throw new RangeError("A varint has more than ten bytes.");
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError("The message ends too early.");
    this.#at += 1;
    return byte;
  }
}
