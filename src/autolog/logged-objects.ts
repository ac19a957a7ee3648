import { createHash } from "node:crypto";
import { types } from "node:util";
import { warnOnce } from "../base/log.js";
import type { Origin } from "../recording/call-values.js";

/** The maximum number of objects that one process logs as models. */
const MAX_OBJECTS = 100;
/** The content is compared up to these limits, since some objects hold all their documents. */
const MAX_NODES = 2000;
const MAX_ITEMS = 100;
const MAX_CHARACTERS = 1_000_000;
const MAX_BYTES = 65_536;

/** The models and runs logged for an object and for all objects with the same content. */
export interface ObjectRecord {
  /** From the first call that succeeded. */
  model?: Origin | undefined;
  /** From the first call, if it failed before any call succeeded. */
  failure?: Origin | undefined;
}

/** The objects that the app has called. Holds no reference to them. */
export class LoggedObjects {
  readonly #ofObject = new WeakMap<object, ObjectRecord>();
  readonly #ofContent = new Map<string, ObjectRecord>();
  #size = 0;

  /** Undefined for an object that was not called, or that is beyond the limit. */
  known(self: object): ObjectRecord | undefined {
    return this.#ofObject.get(self);
  }

  /** Undefined for an object beyond the limit. */
  recordOf(self: object): ObjectRecord | undefined {
    const known = this.#ofObject.get(self);
    if (known) return known;
    const content = contentOf(self);
    const record = (content !== undefined && this.#ofContent.get(content)) || this.#newRecord();
    if (record && content !== undefined) this.#ofContent.set(content, record);
    if (record) this.#ofObject.set(self, record);
    return record;
  }

  #newRecord(): ObjectRecord | undefined {
    if (this.#size >= MAX_OBJECTS) {
      warnOnce(
        "too many models",
        `autolog() has logged ${MAX_OBJECTS} different objects of this process as models. It does not log further objects.`,
      );
      return undefined;
    }
    this.#size += 1;
    return {};
  }
}

/**
 * A hash of the visible content of a LangChain object. Objects with the same content count as the same model, such as a
 * chain that a server creates again for each request. Undefined if the content cannot be read.
 */
export function contentOf(self: object): string | undefined {
  try {
    const json = JSON.stringify(self, new Content().replacer);
    return createHash("sha256").update(json).digest("base64");
  } catch {
    return undefined;
  }
}

class Content {
  readonly #seen = new WeakSet<object>();
  #nodes = 0;

  /** For `JSON.stringify`, which has already called `toJSON()` for `value`. */
  readonly replacer = (() => {
    const content = this;
    return function (this: Record<string, unknown>, key: string, value: unknown): unknown {
      return content.#read(this[key], value);
    };
  })();

  #read(live: unknown, value: unknown): unknown {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) return undefined;
    if (typeof value === "string") return bounded(value);
    if (typeof value === "function") return bounded(String(value));
    if (typeof value === "bigint") return value.toString(16);
    if (typeof live !== "object" || live === null) return value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(withoutBytes);
    if (this.#seen.has(live)) return "seen";
    this.#seen.add(live);
    return isNotSerialized(value)
      ? { ...boundedFields(value), ...boundedFields(fieldsOf(live)) }
      : boundedFields(value);
  }
}

/** Limits the fields, since `JSON.stringify` visits all of them, even beyond the last node. */
function boundedFields(value: object): object {
  const names = Object.keys(value).slice(0, MAX_NODES);
  return Object.fromEntries(
    names.map((name) => [name, withoutBytes((value as Record<string, unknown>)[name])]),
  );
}

/** Hashes bytes, since `JSON.stringify` would write each byte as text. */
function withoutBytes(value: unknown): unknown {
  if (!ArrayBuffer.isView(value) && !types.isAnyArrayBuffer(value)) return value;
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, Math.min(value.byteLength, MAX_BYTES))
    : new Uint8Array(value, 0, Math.min(value.byteLength, MAX_BYTES));
  return `${value.byteLength} bytes ${createHash("sha256").update(bytes).digest("base64")}`;
}

function bounded(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const half = MAX_CHARACTERS / 2;
  return `${text.slice(0, half)}${text.slice(-half)}${text.length}`;
}

/** For an object that LangChain cannot serialize, its `toJSON()` contains only the class. */
function isNotSerialized(value: object): boolean {
  return (value as { readonly type?: unknown }).type === "not_implemented";
}

/** The own fields. Leaves out numbers, which may be counters. */
function fieldsOf(live: object): object {
  return Object.fromEntries(Object.entries(live).filter(([, field]) => typeof field !== "number"));
}
