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
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

/** The longest integer JSON readers everywhere agree on is 53 bits, MLflow's is 64. */
const INT64_LIMIT = 2n ** 63n;

/** JSON text of plain data. `space` puts Python's blanks after `,` and `:`, as MLflow's previews have them. */
export function toJson(value: Plain | undefined, space = false): string {
  const colon = space ? ": " : ":";
  const comma = space ? ", " : ",";
  const write = (node: Plain | undefined): string => {
    if (node === null || node === undefined) return "null";
    if (typeof node === "string")
      return JSON.stringify(node.isWellFormed() ? node : node.toWellFormed());
    if (typeof node === "number") return Number.isFinite(node) ? String(node) : `"${node}"`;
    if (typeof node === "boolean") return String(node);
    if (typeof node === "bigint") return fitsInt64(node) ? String(node) : `"${node}"`;
    if (node instanceof Date) return JSON.stringify(dateText(node));
    if (node instanceof Uint8Array) return JSON.stringify(Buffer.from(node).toString("base64"));
    if (Array.isArray(node)) return `[${node.map(write).join(comma)}]`;
    const entries: string[] = [];
    for (const [key, entry] of Object.entries(node)) {
      if (entry !== undefined) entries.push(`${write(key)}${colon}${write(entry)}`);
    }
    return `{${entries.join(comma)}}`;
  };
  return write(value);
}

export function fitsInt64(value: bigint): boolean {
  return value >= -INT64_LIMIT && value < INT64_LIMIT;
}

export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? "Invalid Date" : date.toISOString();
}
