import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { asList, fieldsOf, isPlainFields } from "./dump.js";

/** The number of characters of a value that an error shows. */
const MAX_SHOWN_CHARACTERS = 2000;
const MAX_DEPTH = 50;

/** Formats a value as Python's `repr`, as MLflow's errors show it. A long text is cut. */
export function pythonRepr(value: unknown): string {
  const text = new Repr().of(value, 0);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

/** Formats a value as Python's `str`: a string is unchanged, any other value is formatted as `repr`. */
export function pythonStr(value: unknown): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** Stops soon after the text reaches the number of characters that is shown. */
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

/** Formats a number as a Python float: `1.0`, `1e-07`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const text = Math.abs(value) >= 1e16 ? value.toExponential() : String(value);
  const [digits, exponent] = text.split("e");
  if (exponent === undefined) return Number.isInteger(value) ? `${text}.0` : text;
  return `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}

/** Formats a date as Python's `isoformat` of a UTC datetime without a time zone, the form that MLflow reads. */
export function pythonIsoFormat(date: Date): string {
  if (Number.isNaN(date.getTime()))
    throw invalidParameter("An invalid Date cannot be written as a date.");
  const text = date.toISOString().slice(0, -1);
  return text.endsWith(".000") ? text.slice(0, -4) : `${text}000`;
}

/** The name of the Python type that corresponds to a value, for errors. */
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
  return isPlainFields(value) ? "dict" : classNameOf(value);
}

function classNameOf(value: object): string {
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}

/** Formats a JSON string as Python's `json.dumps`: all characters except printable ASCII are escaped. */
export function pythonJsonString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Formats a value as JSON, as Python's `json.dumps` with MLflow's encoder does: with spaces after commas and colons, or in lines
 * with `indent` spaces; dates without a time zone, bytes in base64.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that JSON cannot represent.
 */
export function pythonJson(value: unknown, indent?: number): string {
  return new JsonText(indent).write(value, "", []);
}

class JsonText {
  readonly #indent: string | undefined;

  constructor(indent: number | undefined) {
    this.#indent = indent === undefined ? undefined : " ".repeat(indent);
  }

  write(value: unknown, margin: string, path: readonly object[]): string {
    switch (typeof value) {
      case "string":
        return pythonJsonString(value);
      case "number":
        return Number.isFinite(value) ? String(value) : "null";
      case "undefined":
        return "null";
      case "object":
        return value === null ? "null" : this.#object(value, margin, path);
      case "boolean":
      case "bigint":
        return String(value);
      default:
        throw invalidParameter(`Object of type ${typeof value} is not JSON serializable`);
    }
  }

  #object(value: object, margin: string, path: readonly object[]): string {
    if (path.includes(value))
      throw invalidParameter("A value that contains itself cannot be written as JSON.");
    const inner = [...path, value];
    const deeper = `${margin}${this.#indent ?? ""}`;
    if (types.isDate(value)) return pythonJsonString(pythonIsoFormat(value));
    if (types.isUint8Array(value)) return pythonJsonString(base64Lines(value));
    const list = asList(value);
    if (list) {
      return this.#around(
        "[",
        "]",
        list.map((item) => this.write(item, deeper, inner)),
        margin,
      );
    }
    const fields = fieldsOf(value);
    if (!fields) {
      throw invalidParameter(`Object of type ${pythonTypeName(value)} is not JSON serializable`);
    }
    const entries = Object.entries(fields).filter(([, field]) => field !== undefined);
    const texts = entries.map(
      ([name, field]) => `${pythonJsonString(name)}: ${this.write(field, deeper, inner)}`,
    );
    return this.#around("{", "}", texts, margin);
  }

  #around(open: string, close: string, texts: readonly string[], margin: string): string {
    if (texts.length === 0 || this.#indent === undefined) {
      return `${open}${texts.join(", ")}${close}`;
    }
    const line = `\n${margin}${this.#indent}`;
    return `${open}${line}${texts.join(`,${line}`)}\n${margin}${close}`;
  }
}

/** Encodes as Python's `base64.encodebytes`: in lines of 76 characters, each with a newline. */
function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,76}/g, "$&\n");
}
