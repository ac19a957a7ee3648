import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { asList, fieldsOf } from "./dump.js";
import { pythonIsoFormat, pythonTypeName } from "./python-text.js";

/** A string of JSON as Python's `json.dumps` writes it: all but printable ASCII escaped. */
export function pythonJsonString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * JSON text as Python's `json.dumps` with MLflow's encoder: blanks after commas and colons, or with `indent` lines;
 * dates without a time zone, bytes in base64. Throws INVALID_PARAMETER_VALUE for what JSON cannot hold.
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
    if (path.includes(value)) throw invalidParameter("A value that holds itself has no JSON.");
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

/** As Python's `base64.encodebytes`: lines of 76 characters, each with its end. */
function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,76}/g, "$&\n");
}
