import { ownField } from "../../data/plain.js";
import { modelClassOf } from "./classes.js";

export interface Difference {
  readonly at: string;
  readonly why: string;
}

/** The arguments that an object was created with. Its behaviour depends on its other fields only. */
const ORIGIN_FIELDS = new Set<PropertyKey>(["lc_kwargs"]);
/** The other fields of an AsyncCaller are its queue of pending calls. */
const CALLER_FIELDS = ["maxConcurrency", "maxRetries", "onFailedAttempt"];

/**
 * Returns the first difference between an object and the object that was loaded from its data, or undefined. It compares the
 * objects themselves: their classes and, recursively, their fields. So it finds values that JSON omits. Fields that are omitted on
 * purpose (a model's keys, addresses and headers) are not compared.
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
    omitted: readonly string[],
  ): Difference | undefined {
    if (Object.is(one, other) || (isEmpty(one) && isEmpty(other))) return undefined;
    if (typeof one === "function" && typeof other === "function") {
      return isSameFunction(one, other)
        ? undefined
        : { at, why: "is a custom function, which would be lost" };
    }
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
      return { at, why: `is ${describe(one)} and is loaded as ${describe(other)}` };
    }
    if (this.#seen.get(one) === other) return undefined;
    this.#seen.set(one, other);
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) {
      return { at, why: differentClass(one, other) };
    }
    return this.#compareFields(one, other, at, omitted);
  }

  #compareFields(
    one: object,
    other: object,
    at: string,
    omitted: readonly string[],
  ): Difference | undefined {
    const content = contentOf(one);
    const difference = content && this.compare(content, contentOf(other), at, omitted);
    if (difference) return difference;
    const omittedHere = "lc_id" in one ? omittedOf(one.lc_id, omitted) : omitted;
    for (const key of keysOf(one, other)) {
      if (ORIGIN_FIELDS.has(key) || omittedHere.includes(key as string)) continue;
      const path = `${at}${at && "."}${typeof key === "symbol" ? `[${String(key)}]` : key}`;
      const inField =
        key === "fields" && "lc_id" in one
          ? this.#compareOrigin(one, other, path, omittedHere)
          : this.compare(fieldOf(one, key), fieldOf(other, key), path, omittedHere);
      if (inField) return inField;
    }
    return undefined;
  }

  /** Compares the arguments of a model, from which it creates copies of itself, except those that are also fields of the model. */
  #compareOrigin(
    one: object,
    other: object,
    at: string,
    omitted: readonly string[],
  ): Difference | undefined {
    const [from, to] = [one, other].map(
      (model) => (Reflect.get(model, "fields") ?? {}) as Readonly<Record<string, unknown>>,
    );
    for (const [key, value] of Object.entries(from ?? {})) {
      if (value === undefined || key in one || omitted.includes(key)) continue;
      const copied = to && ownField(to, key);
      if (copied === undefined && isWhollyOmitted(value, omitted)) continue;
      const difference = this.compare(value, copied, `${at}.${key}`, omitted);
      if (difference) return difference;
    }
    return undefined;
  }
}

/** `ChatPromptTemplate.fromMessages()` leaves this field undefined instead of setting its default. */
function fieldOf(owner: object, key: PropertyKey): unknown {
  const value = Reflect.get(owner, key);
  const isPrompt = key === "templateFormat" && "promptMessages" in owner;
  return value === undefined && isPrompt ? "f-string" : value;
}

/** Undefined and an empty dictionary, such as of partial variables, are equal: LangChain does not store it. */
function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === null && Reflect.ownKeys(value).length === 0;
}

/** A configuration that contains only an address and headers is omitted entirely. */
function isWhollyOmitted(value: unknown, omitted: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(value).every((key) => omitted.includes(key));
}

/** The parts of a model are objects of the same package, which omit the same fields. */
function omittedOf(id: unknown, omitted: readonly string[]): readonly string[] {
  if (!Array.isArray(id)) return omitted;
  return modelClassOf(id)?.omitted ?? (id[0] === "langchain_core" ? [] : omitted);
}

function keysOf(one: object, other: object): (string | symbol)[] {
  if (one.constructor?.name === "AsyncCaller") return CALLER_FIELDS;
  return [...new Set([...Reflect.ownKeys(one), ...Reflect.ownKeys(other)])];
}

/** The contents of an object that are not fields. */
function contentOf(value: object): unknown[] | undefined {
  if (value instanceof Map) return [...value.entries()].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof Date) return [value.getTime()];
  return value instanceof RegExp ? [String(value)] : undefined;
}

/** Each object that a constructor creates has its own copy of a function. Functions with the same source count as equal; native functions have no source. */
// biome-ignore lint/complexity/noBannedTypes: any function at all.
function isSameFunction(one: Function, other: Function): boolean {
  const text = String(one);
  return text === String(other) && !text.includes("[native code]");
}

function differentClass(one: object, other: object): string {
  const [from, to] = [one.constructor?.name, other.constructor?.name];
  return from === to
    ? `is a ${from} from another copy of its package than the one that the app imports`
    : `is a ${from} and is loaded as a ${to}`;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  return Array.isArray(value) ? "a list" : `an object of class ${value.constructor?.name}`;
}
