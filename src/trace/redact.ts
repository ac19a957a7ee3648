import { types } from "node:util";
import { ignoreRejection } from "../base/ignore-rejection.js";
import { debug } from "../base/log.js";
import { nameOfClass } from "../data/bounded-text.js";
import type { Plain } from "../data/plain.js";
import type { SpanType } from "./span.js";

/** The place of a value in a trace. */
export interface RedactContext {
  /**
   * A span has `inputs`, `outputs`, a `statusMessage`, and attributes (`attribute`: model parameters, tools,
   * LangChain's `metadata`, …). Its events have attributes too (`event`: `exception.message`,
   * `exception.stacktrace`, a streamed `token`, …). The trace has a `session` (LangGraph's `thread_id`), tags (`tag`)
   * and metadata (`metadata`).
   */
  readonly field:
    | "inputs"
    | "outputs"
    | "attribute"
    | "event"
    | "link"
    | "statusMessage"
    | "session"
    | "tag"
    | "metadata";
  /** The name of the attribute, the event's or the link's attribute, the tag or the metadata. */
  readonly name?: string;
  /** The name of the span. For a value of the trace, the name of the root span. */
  readonly spanName: string;
  readonly spanType: SpanType;
}

/**
 * Receives a value of a trace as plain data and returns its replacement: the same value, which it may change in
 * place, or another one. A list or an object is passed as a whole. For a status message, a session, a tag or
 * metadata it must return a string. It does not receive names of spans, tags and attributes, span types and token
 * counts. A callback handler also passes the names of calls as the `attribute` `name`, and the name of its run as the
 * `metadata` `mlflow.runName`.
 */
export type Redact = (value: Plain, context: RedactContext) => Plain;

/** Replaces a value that could not be redacted. */
export const REDACTION_FAILED = "[redaction failed]";

/** `what` describes the failure. It has no part of the value. */
export type OnRedactionFailed = (context: RedactContext, what: string) => void;

/** MLflow's server rejects objects nested deeper than 31 levels. */
const MAX_DEPTH = 30;

/** A longer list is probably sparse, and copying it would take too long. */
const MAX_ITEMS = 1_000_000;

/** Redacts one value that is not in a trace. */
export function redactValue(
  redact: Redact,
  value: Plain,
  context: RedactContext,
  onFailed: OnRedactionFailed,
): Plain {
  return new Redactor(redact, onFailed).value(value, context);
}

export class Redactor {
  readonly #redact: Redact;
  readonly #onFailed: OnRedactionFailed;

  constructor(redact: Redact, onFailed: OnRedactionFailed) {
    this.#redact = redact;
    this.#onFailed = onFailed;
  }

  texts(record: Record<string, string>, where: (name: string) => RedactContext): void {
    for (const [name, text] of Object.entries(record)) record[name] = this.text(text, where(name));
  }

  text(text: string, context: RedactContext): string {
    const redacted = this.value(text, context);
    if (typeof redacted === "string") return redacted;
    this.#onFailed(context, `returned ${kindOf(redacted)} for a text`);
    return REDACTION_FAILED;
  }

  /** After any failure, returns {@link REDACTION_FAILED} instead of the value. */
  value(value: Plain, context: RedactContext): Plain {
    let result: unknown;
    try {
      result = this.#redact(value, context);
    } catch (cause) {
      debug("redact threw: %o", cause);
      const what = types.isNativeError(cause) ? nameOfClass(cause) : kindOf(cause);
      this.#onFailed(context, `threw ${what}`);
      return REDACTION_FAILED;
    }
    try {
      return copyOf(result, []);
    } catch (cause) {
      ignoreRejection(result);
      const what = cause instanceof NotPlain ? cause.message : "a value that cannot be read";
      this.#onFailed(context, `returned ${what}`);
      return REDACTION_FAILED;
    }
  }
}

class NotPlain extends Error {}

/** Copies the value, so that the app cannot change it later. Throws if it is not plain data. */
function copyOf(value: unknown, path: readonly object[]): Plain {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return value;
    case "object":
      return value === null ? null : copyOfObject(value, path);
    default:
      throw new NotPlain(kindOf(value));
  }
}

function copyOfObject(value: object, path: readonly object[]): Plain {
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (path.includes(value)) throw new NotPlain("a circular object");
  if (path.length >= MAX_DEPTH) throw new NotPlain(`objects nested deeper than ${MAX_DEPTH}`);
  const inner = [...path, value];
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    throw new NotPlain(`a list of more than ${MAX_ITEMS} items`);
  }
  if (Array.isArray(value)) return Array.from(value, (item) => copyOf(item ?? null, inner));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotPlain(kindOf(value));
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, copyOf(field, inner)]));
}

function kindOf(value: unknown): string {
  if (types.isPromise(value)) return "a promise";
  if (typeof value !== "object" || value === null) return `a value of type ${typeof value}`;
  return `an object of class ${nameOfClass(value)}`;
}
