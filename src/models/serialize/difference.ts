import { modelClassOf } from "./classes.js";

export interface Difference {
  readonly at: string;
  readonly why: string;
}

/** What LangChain keeps of how an object was made; what it does follows from its other fields. */
const ORIGIN_FIELDS = new Set<PropertyKey>(["lc_kwargs"]);
/** The rest of a caller is a queue of calls in flight. */
const CALLER_FIELDS = ["maxConcurrency", "maxRetries", "onFailedAttempt"];

/**
 * The first difference between an object and what was loaded from its data, or undefined. Both are
 * looked at as they live: class, fields and fields of fields, so that what JSON leaves out shows. Fields that
 * are left out on purpose (keys, addresses, headers of a model) are not compared.
 */
export function findDifference(original: unknown, loaded: unknown): Difference | undefined {
  return new Comparison().compare(original, loaded, "", []);
}

class Comparison {
  readonly #seen = new Map<object, unknown>();

  compare(
    one: unknown,
    other: unknown,
    at: string,
    left: readonly string[],
  ): Difference | undefined {
    if (Object.is(one, other) || (isEmpty(one) && isEmpty(other))) return undefined;
    if (typeof one === "function" && typeof other === "function") {
      return isSameFunction(one, other)
        ? undefined
        : { at, why: "is a function of its own, which would be lost" };
    }
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
      return { at, why: `${describe(one)} comes back as ${describe(other)}` };
    }
    if (this.#seen.get(one) === other) return undefined;
    this.#seen.set(one, other);
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) {
      return { at, why: differentClass(one, other) };
    }
    return this.#compareFields(one, other, at, left);
  }

  #compareFields(
    one: object,
    other: object,
    at: string,
    left: readonly string[],
  ): Difference | undefined {
    const content = contentOf(one);
    const difference = content && this.compare(content, contentOf(other), at, left);
    if (difference) return difference;
    const leftHere = "lc_id" in one ? leftOf(one.lc_id, left) : left;
    for (const key of keysOf(one, other)) {
      if (ORIGIN_FIELDS.has(key) || leftHere.includes(key as string)) continue;
      const path = `${at}${at && "."}${typeof key === "symbol" ? `[${String(key)}]` : key}`;
      const inField =
        key === "fields" && "lc_id" in one
          ? this.#compareOrigin(one, other, path, leftHere)
          : this.compare(fieldOf(one, key), fieldOf(other, key), path, leftHere);
      if (inField) return inField;
    }
    return undefined;
  }

  /** What a model was made of, from which it makes others: as far as its own fields do not say it. */
  #compareOrigin(
    one: object,
    other: object,
    at: string,
    left: readonly string[],
  ): Difference | undefined {
    const [from, to] = [one, other].map(
      (model) => (Reflect.get(model, "fields") ?? {}) as Readonly<Record<string, unknown>>,
    );
    for (const [key, value] of Object.entries(from ?? {})) {
      if (value === undefined || key in one || left.includes(key)) continue;
      if (to?.[key] === undefined && isWhollyLeft(value, left)) continue;
      const difference = this.compare(value, to?.[key], `${at}.${key}`, left);
      if (difference) return difference;
    }
    return undefined;
  }
}

/** `ChatPromptTemplate.fromMessages()` puts nothing in the place of this default, which means the same. */
function fieldOf(owner: object, key: PropertyKey): unknown {
  const value = Reflect.get(owner, key);
  const isPrompt = key === "templateFormat" && "promptMessages" in owner;
  return value === undefined && isPrompt ? "f-string" : value;
}

/** No parts filled in are as good as an empty list of them: LangChain does not keep it. */
function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === null && Reflect.ownKeys(value).length === 0;
}

/** A configuration of nothing but an address and headers is left out as a whole. */
function isWhollyLeft(value: unknown, left: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(value).every((key) => left.includes(key));
}

/** A model's parts are models of the same kind: what it leaves out, they do. */
function leftOf(id: unknown, left: readonly string[]): readonly string[] {
  if (!Array.isArray(id)) return left;
  return modelClassOf(id)?.left ?? (id[0] === "langchain_core" ? [] : left);
}

function keysOf(one: object, other: object): (string | symbol)[] {
  if (one.constructor?.name === "AsyncCaller") return CALLER_FIELDS;
  return [...new Set([...Reflect.ownKeys(one), ...Reflect.ownKeys(other)])];
}

/** What an object holds that is no field. */
function contentOf(value: object): unknown[] | undefined {
  if (value instanceof Map) return [...value.entries()].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof Date) return [value.getTime()];
  return value instanceof RegExp ? [String(value)] : undefined;
}

/** A constructor that makes a function makes the same one twice; what is not seen of it is no code. */
// biome-ignore lint/complexity/noBannedTypes: any function at all.
function isSameFunction(one: Function, other: Function): boolean {
  const text = String(one);
  return text === String(other) && !text.includes("[native code]");
}

function differentClass(one: object, other: object): string {
  const [from, to] = [one.constructor?.name, other.constructor?.name];
  return from === to
    ? `is a ${from} of another copy of its package than the app resolves`
    : `is a ${from} and comes back as a ${to}`;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return Array.isArray(value) ? "a list" : `an object of class ${value.constructor?.name}`;
}
