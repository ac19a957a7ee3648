import { types } from "node:util";
import { MlflowException } from "../base/errors.js";
import { attempt } from "../base/show.js";
import { asList } from "../models/dump.js";

/**
 * Writes an answer of a model as JSON, as Python's `mlflow models serve` does: bytes become base64 with line breaks, typed arrays
 * lists. A number that JSON does not have becomes null, a large integer a number.
 *
 * @throws MlflowException INTERNAL_ERROR for a function or a symbol, TypeError for an object that contains itself.
 */
export function answerJson(value: unknown): string {
  const answer = value ?? null;
  // A replacer makes the common case slower.
  const plain: string | undefined = attempt(() => JSON.stringify(answer));
  const text: string | undefined =
    plain === undefined || mayHaveBinary(answer) ? JSON.stringify(answer, replaced) : plain;
  if (text !== undefined) return text;
  throw new MlflowException(
    `The model returned a ${typeof value}, which cannot be written as JSON. Return JSON data.`,
  );
}

/** `toJSON()` may return bytes. */
function mayHaveBinary(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(mayHaveBinary);
  return (
    isBinary(value) ||
    ("toJSON" in value && typeof value.toJSON === "function") ||
    Object.values(value).some(mayHaveBinary)
  );
}

function isBinary(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
}

function replaced(this: unknown, name: string, field: unknown): unknown {
  if (typeof field === "bigint") return Number(field);
  // `field` is what toJSON() of a Buffer returns.
  const original: unknown = Reflect.get(this as object, name);
  return isBinary(original) ? (asList(original) ?? base64(original)) : field;
}

/** In lines of 76 characters, as Python's `base64.encodebytes` writes. */
function base64(value: ArrayBufferView | ArrayBufferLike): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return bytes.toString("base64").replace(/.{1,76}/g, "$&\n");
}
