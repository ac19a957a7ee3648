/**
 * Plain data: what every value of the app has become once we hold it. Nothing of the app's is
 * referenced from here, so nothing that happens later can change it.
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

export function isPlainArray(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

function isAtom(value: object): value is Date | Uint8Array {
  return value instanceof Date || value instanceof Uint8Array;
}

/** How JSON text is spaced: compact, or with Python's blanks, as MLflow's previews have them. */
const COMPACT = { colon: ":", comma: "," };
const PYTHON = { colon: ": ", comma: ", " };
type Spacing = typeof COMPACT;

/** JSON text of plain data; `spacing: "python"` writes it as Python's json.dumps does. */
export function toJson(
  value: Plain | undefined,
  spacing: "compact" | "python" = "compact",
): string {
  return writeValue(value, spacing === "python" ? PYTHON : COMPACT);
}

function writeValue(value: Plain | undefined, spacing: Spacing): string {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "object" && value !== null) return writeObject(value, spacing);
  if (typeof value === "number" && !Number.isFinite(value)) return `"${value}"`;
  if (typeof value === "bigint" && !fitsInt64(value)) return `"${value}"`;
  return String(value ?? null);
}

function writeObject(value: Exclude<Plain & object, null>, spacing: Spacing): string {
  if (value instanceof Date) return JSON.stringify(dateText(value));
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (isPlainArray(value)) {
    return `[${value.map((entry) => writeValue(entry, spacing)).join(spacing.comma)}]`;
  }
  const entries: string[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    entries.push(JSON.stringify(key.toWellFormed()) + spacing.colon + writeValue(entry, spacing));
  }
  return `{${entries.join(spacing.comma)}}`;
}

/** MLflow's integers have 64 bits; what does not fit travels as text. */
const INT64_LIMIT = 2n ** 63n;

export function fitsInt64(value: bigint): boolean {
  return value >= -INT64_LIMIT && value < INT64_LIMIT;
}

export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
