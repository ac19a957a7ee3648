import { types } from "node:util";
import { debug } from "../base/log.js";
import { nameOfClass } from "../data/class-name.js";
import type { Plain } from "../data/plain.js";
import type { SpanType } from "./span.js";

/** Where in a trace a value stands. */
export interface RedactContext {
  /**
   * Of a span its `inputs`, its `outputs`, one `attribute` (model parameters, tools, LangChain's
   * `metadata`, …), one attribute of an `event` (`exception.message`, `exception.stacktrace`, a
   * streamed `token`, …) or its `statusMessage`; of the trace its `session` (LangGraph's `thread_id`),
   * one `tag` or one `metadata`.
   */
  readonly field:
    | "inputs"
    | "outputs"
    | "attribute"
    | "event"
    | "statusMessage"
    | "session"
    | "tag"
    | "metadata";
  /** The name of the attribute, the event's attribute, the tag or the metadata. */
  readonly name?: string;
  /** The span's; for what belongs to the trace the root span's. */
  readonly spanName: string;
  readonly spanType: SpanType;
}

/**
 * Gets a value of a trace as plain data, texts and lists and objects of them as a whole, and returns
 * what is to stand in its place: the same, changed in place or not, or another. Status messages,
 * sessions, tags and metadata are texts, and have to stay texts. Names of spans, of tags and of
 * attributes, span types and token counts are not handed over. A callback handler's files hold names of
 * calls, too: those are handed over, as the `attribute` `name`, and the name of its run as the `metadata` `mlflow.runName`.
 */
export type Redact = (value: Plain, context: RedactContext) => Plain;

/** What stands in the place of a value that could not be redacted. */
export const REDACTION_FAILED = "[redaction failed]";

/** `what` went wrong, in words that hold nothing of the value. */
export type OnRedactionFailed = (context: RedactContext, what: string) => void;

/** MLflow's server refuses objects nested deeper than 31. */
const MAX_DEPTH = 30;

/** A longer list may be sparse. */
const MAX_ITEMS = 1_000_000;

/** What the user's function makes of one value that is part of no trace. */
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

  /** Whatever goes wrong, the value itself is not kept. */
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
      quieten(result);
      const what = cause instanceof NotPlain ? cause.message : "what cannot be read";
      this.#onFailed(context, `returned ${what}`);
      return REDACTION_FAILED;
    }
  }
}

class NotPlain extends Error {}

/** Nothing live is kept, and nothing that is no plain data. */
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
  if (path.includes(value)) throw new NotPlain("an object that holds itself");
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

/** A promise nobody waits for must not end the process when it rejects. */
function quieten(value: unknown): void {
  if (types.isPromise(value)) value.catch(() => {});
}
