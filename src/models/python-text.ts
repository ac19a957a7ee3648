import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { isPlainFields } from "./dump.js";

/** How much of a value an error shows. */
const MAX_SHOWN_CHARACTERS = 2000;
const MAX_DEPTH = 50;

/** A value as Python's `repr` writes it, which is how MLflow's errors show it; a long one is cut. */
export function pythonRepr(value: unknown): string {
  const text = new Repr().of(value, 0);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** As Python's `str`: a text as it is, all else as its `repr`. */
export function pythonStr(value: unknown): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** Stops soon after it has written as much as is shown. */
class Repr {
  #room = MAX_SHOWN_CHARACTERS;

  of(value: unknown, depth: number): string {
    if (this.#room < 0 || depth > MAX_DEPTH) return "...";
    if (typeof value === "object" && value !== null) return this.#object(value, depth + 1);
    const text = reprOfScalar(value);
    this.#room -= text.length;
    return text;
  }

  #object(value: object, depth: number): string {
    if (types.isDate(value)) {
      return Number.isNaN(value.getTime()) ? "NaT" : reprOfString(pythonIsoFormat(value));
    }
    if (types.isUint8Array(value)) return `<${value.byteLength} bytes>`;
    if (Array.isArray(value)) {
      return `[${this.#each(value, (item) => this.of(item, depth)).join(", ")}]`;
    }
    if (!isPlainFields(value)) return `<${pythonTypeName(value)} object>`;
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    const texts = this.#each(
      fields,
      ([name, field]) => `${this.of(name, depth)}: ${this.of(field, depth)}`,
    );
    return `{${texts.join(", ")}}`;
  }

  #each<T>(items: readonly T[], write: (item: T) => string): string[] {
    const texts: string[] = [];
    for (const item of items) {
      if (this.#room < 0) break;
      this.#room -= 2;
      texts.push(write(item));
    }
    return texts;
  }
}

function reprOfScalar(value: unknown): string {
  if (value === undefined || value === null) return "None";
  if (typeof value === "string") return reprOfString(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : pythonFloat(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function reprOfString(whole: string): string {
  const value = whole.slice(0, MAX_SHOWN_CHARACTERS + 1);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: Python shows these escaped.
    .replace(/[\\\x00-\x1f\x7f-\xa0]/g, (character) => ESCAPES[character] ?? hexEscape(character))
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** A number as Python writes a float: `1.0`, `1e-07`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = Math.abs(value) >= 1e16 ? value.toExponential() : String(value);
  const [digits, exponent] = text.split("e");
  if (exponent === undefined) return Number.isInteger(value) ? `${text}.0` : text;
  return `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}

/** A date as Python's `isoformat` of a datetime in UTC without a time zone, which is what MLflow takes. */
export function pythonIsoFormat(date: Date): string {
  if (Number.isNaN(date.getTime())) throw invalidParameter("An invalid Date has no time.");
  const text = date.toISOString().slice(0, -1);
  return text.endsWith(".000") ? text.slice(0, -4) : `${text}000`;
}

/** The name Python has for the type of such a value, as errors show it. */
export function pythonTypeName(value: unknown): string {
  if (value === undefined || value === null) return "NoneType";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "list";
  if (types.isDate(value)) return "datetime";
  if (types.isUint8Array(value)) return "bytes";
  return isPlainFields(value) ? "dict" : nameOfMaker(value);
}

function nameOfMaker(value: object): string {
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
