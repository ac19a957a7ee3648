/**
 * A copy of an app's value as plain data. It has no reference to the app's objects, so the app cannot change it.
 */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly Plain[]
  | PlainObject;

export interface PlainObject {
  readonly [key: string]: Plain | undefined;
}

export function isPlainObject(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !isPlainArray(value) && !isAtom(value);
}

/** Whether a value of the app is an object literal. False for instances of classes. */
export function isLiteral(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isPlainArray(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

function isAtom(value: object): value is Date | Uint8Array {
  return value instanceof Date || value instanceof Uint8Array;
}

/**
 * Writes plain data as JSON. `spacing: "python"` adds the same spaces as Python's `json.dumps`, which MLflow uses for
 * previews. If the text becomes longer than `maxCharacters`, the function stops soon after that length, and the text is
 * not valid JSON.
 */
export function toJson(
  value: Plain | undefined,
  spacing: "compact" | "python" = "compact",
  maxCharacters = Number.POSITIVE_INFINITY,
): string {
  const writer = new JsonWriter(spacing === "python" ? " " : "", maxCharacters);
  writer.write(value);
  return writer.text;
}

/** Matches short texts that need no escapes. Most texts match, and the test is faster than `JSON.stringify`. */
const NEEDS_NO_ESCAPE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{0,100}$/;

class JsonWriter {
  text = "";
  readonly #colon: string;
  readonly #comma: string;
  readonly #maxCharacters: number;

  constructor(blank: string, maxCharacters: number) {
    this.#colon = `:${blank}`;
    this.#comma = `,${blank}`;
    this.#maxCharacters = maxCharacters;
  }

  write(value: Plain | undefined): void {
    if (typeof value === "string") this.#string(value);
    else if (typeof value === "object" && value !== null) this.#object(value);
    else if (typeof value === "number" && !Number.isFinite(value)) this.text += `"${value}"`;
    else if (typeof value === "bigint" && !fitsInt64(value)) this.text += `"${value}"`;
    else this.text += String(value ?? null);
  }

  #string(value: string): void {
    if (NEEDS_NO_ESCAPE.test(value)) this.text += `"${value}"`;
    else if (value.length <= this.#maxCharacters) this.text += JSON.stringify(value.toWellFormed());
    else this.text += JSON.stringify(value.slice(0, this.#maxCharacters).toWellFormed());
  }

  #object(value: Exclude<Plain & object, null>): void {
    if (value instanceof Date) this.#string(dateText(value));
    else if (value instanceof Uint8Array) this.#string(base64(value));
    else if (isPlainArray(value)) this.#array(value);
    else this.#fields(value);
  }

  #array(list: readonly Plain[]): void {
    this.text += "[";
    for (let index = 0; index < list.length; index += 1) {
      if (this.text.length > this.#maxCharacters) return;
      if (index > 0) this.text += this.#comma;
      this.write(list[index]);
    }
    this.text += "]";
  }

  #fields(object: PlainObject): void {
    this.text += "{";
    let isFirst = true;
    for (const name of Object.keys(object)) {
      const value = object[name];
      if (value === undefined) continue;
      if (this.text.length > this.#maxCharacters) return;
      if (!isFirst) this.text += this.#comma;
      isFirst = false;
      this.#string(name);
      this.text += this.#colon;
      this.write(value);
    }
    this.text += "}";
  }
}

/** MLflow's integers have 64 bits. A larger integer is sent as text. */
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** Larger integers are dropped, because the time to write an integer grows with the square of the number of its digits. */
const MAX_BITS = 4096;
const MAX_BIGINT = 2n ** BigInt(MAX_BITS);

/** Returns the integer, or a mark if the integer is too large. */
export function boundedBigint(value: bigint): bigint | string {
  const isBounded = value < MAX_BIGINT && value > -MAX_BIGINT;
  return isBounded ? value : `[dropped: an integer of more than ${MAX_BITS} bits]`;
}

/** Sets a field of any name. An assignment to the field `__proto__` would change the prototype instead. */
export function setField(object: object, name: string, value: unknown): void {
  const descriptor = { value, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(object, name, descriptor);
}

/** Reads a field of any name. Undefined for what every object inherits, such as `constructor`. */
export function ownField<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}

export function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
