import { createHash } from "node:crypto";

/** Beyond these objects are told apart no more: some hold all their documents. */
const MAX_NODES = 2000;
const MAX_ITEMS = 100;

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
    if (typeof value === "function") return String(value);
    if (typeof value === "bigint") return String(value);
    if (typeof live !== "object" || live === null) return value;
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS);
    if (this.#seen.has(live)) return "seen";
    this.#seen.add(live);
    return isWithoutForm(value) ? { ...value, ...fieldsOf(live) } : value;
  }
}

/** LangChain says only the class of what it cannot serialize. */
function isWithoutForm(value: unknown): value is object {
  return (value as { readonly type?: unknown } | null)?.type === "not_implemented";
}

/** Its own fields but for numbers: those may be counters. */
function fieldsOf(live: object): object {
  return Object.fromEntries(Object.entries(live).filter(([, field]) => typeof field !== "number"));
}
