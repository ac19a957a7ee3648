import { createHash } from "node:crypto";
import { types } from "node:util";

/** Beyond these objects are told apart no more: some hold all their documents. */
const MAX_NODES = 2000;
const MAX_ITEMS = 100;
const MAX_CHARACTERS = 1_000_000;
const MAX_BYTES = 65_536;

/**
 * What an object of LangChain's is made of, as far as can be seen: two with the same are the same model, as when a server makes
 * its chain anew for each request. Undefined where it cannot be told.
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

  /** Of `JSON.stringify`, which has asked LangChain for its form of `value` already. */
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
    return isWithoutForm(value)
      ? { ...boundedFields(value), ...boundedFields(fieldsOf(live)) }
      : boundedFields(value);
  }
}

/** `JSON.stringify` visits each field, also after the last node. */
function boundedFields(value: object): object {
  const names = Object.keys(value).slice(0, MAX_NODES);
  return Object.fromEntries(
    names.map((name) => [name, withoutBytes((value as Record<string, unknown>)[name])]),
  );
}

/** `JSON.stringify` would make a text of each byte, and of a Buffer a list before that. */
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

/** LangChain says only the class of what it cannot serialize. */
function isWithoutForm(value: object): boolean {
  return (value as { readonly type?: unknown }).type === "not_implemented";
}

/** Its own fields but for numbers: those may be counters. */
function fieldsOf(live: object): object {
  return Object.fromEntries(Object.entries(live).filter(([, field]) => typeof field !== "number"));
}
