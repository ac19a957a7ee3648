import { inspect } from "node:util";
import { ownField } from "../../data/plain.js";
import { CALL_OPTIONS, TOOL_TYPES } from "./call-options.js";
import { fieldsOfClass, modelClassOf } from "./classes.js";
import {
  type FieldKind,
  type Fields,
  fieldPath,
  isPrivate,
  NotData,
  SCALAR_KINDS,
  type ScalarKind,
  stepNames,
} from "./fields.js";
import type { FoundModel } from "./model-classes.js";

/** LangChain does not load data that is nested deeper. */
const MAX_DEPTH = 50;
/** Limits memory: LangChain keeps several objects for each value while it loads data. */
const MAX_VALUES = 200_000;
const ESCAPED = "__lc_escaped__";

/** Whether plain JSON may contain LangChain's own keys: never, in an escape, or because it is inside of an escape. */
type Escapes = "none" | "escaped" | "inside";
type Json = Readonly<Record<string, unknown>>;

/**
 * Checks data against the lists of allowed classes and fields, before objects are created from it, and before it is stored. Names
 * are compared exactly: a field in another spelling is not in the list. Returns the models in the data.
 *
 * @throws NotData for a class or field that is not listed.
 */
export function checkData(data: unknown): readonly FoundModel[] {
  const check = new DataCheck();
  check.object(data, "", 0);
  return check.models;
}

/** Whether this option may be passed to the call of a model that was loaded from data. */
export function isCallOption(name: string, value: unknown): boolean {
  try {
    new DataCheck().fields({ [name]: value }, CALL_OPTIONS, "", 0);
    return true;
  } catch (cause) {
    if (cause instanceof NotData) return false;
    throw cause;
  }
}

class DataCheck {
  readonly models: FoundModel[] = [];
  #values = 0;

  /** Checks a LangChain object. */
  object(value: unknown, at: string, depth: number): void {
    this.#count(at, depth);
    const { lc, type, id, kwargs, ...rest }: Json = isJson(value) ? value : {};
    if (lc !== 1 || type !== "constructor") {
      throw new NotData(at, `is ${describe(value)}, where a LangChain object was expected`);
    }
    const listed = fieldsOfClass(id);
    if (!listed) {
      const name = Array.isArray(id) ? id.at(-1) : id;
      const shown = typeof name === "string" ? name : inspect(name, { depth: 1 });
      throw new NotData(
        at,
        `is a ${shown}, a class that langchain-mlflow does not load from data (${inspect(id, { depth: 1 })})`,
      );
    }
    if (!isJson(kwargs) || Object.keys(rest).length > 0) {
      throw new NotData(at, "has no fields, or has keys that LangChain does not write");
    }
    this.#count(at, depth + 1);
    this.#kwargs(id as readonly string[], kwargs, listed, at, depth + 2);
  }

  #kwargs(id: readonly string[], kwargs: Json, listed: Fields, at: string, depth: number): void {
    const modelClass = modelClassOf(id);
    const { secrets = {}, configuration = {} } = modelClass ?? {};
    const secretFields = Object.keys(secrets).filter((key) => (kwargs[key] ?? null) !== null);
    if (modelClass) this.models.push({ id, modelClass, secretFields });
    const names = stepNames(id, kwargs);
    for (const [key, field] of Object.entries(kwargs)) {
      const isStep = Object.hasOwn(names, key);
      const place = fieldPath(at, isStep ? (names[key] as string) : key);
      const kind = kindOf(key, listed, place);
      if (kind === "secret") checkSecret(field, secrets[key], place);
      else if (kind === "configuration") this.#settings(field, configuration, place, depth);
      else if (isStep && Array.isArray(field)) this.#steps(field, at, depth);
      else this.#field(field, kind, place, depth);
    }
  }

  /** Checks the steps between the first and the last step of a sequence. */
  #steps(steps: readonly unknown[], at: string, depth: number): void {
    this.#count(at, depth);
    for (const [index, step] of steps.entries()) {
      this.#parts(step, `${at}[${index + 1}]`, depth + 1);
    }
  }

  #settings(value: unknown, listed: Fields, at: string, depth: number): void {
    if (value === null) return;
    this.#count(at, depth);
    if (!isJson(value)) {
      throw new NotData(at, `is ${describe(value)}, where an object was expected`);
    }
    this.fields(value, listed, at, depth + 1);
  }

  fields(value: Json, listed: Fields, at: string, depth: number): void {
    for (const [key, field] of Object.entries(value)) {
      const place = fieldPath(at, key);
      this.#field(field, kindOf(key, listed, place), place, depth);
    }
  }

  #field(value: unknown, kind: FieldKind, at: string, depth: number): void {
    if (kind === "parts") this.#parts(value, at, depth);
    else if (kind === "options") this.#settings(value, CALL_OPTIONS, at, depth);
    else if (kind === "json") this.#json(value, at, depth, "none");
    else if (kind === "content") this.#json(value, at, depth, "escaped");
    else if (kind === "tools") this.#tools(value, at, depth);
    else if (kind === "request") this.#request(value, at, depth);
    else if (kind === "secret" || kind === "configuration") {
      throw new NotData(at, "is a field that only models can have");
    } else this.#scalar(value, kind, at, depth);
  }

  #request(value: unknown, at: string, depth: number): void {
    this.#json(value, at, depth, "none");
    if (isJson(value) && "tools" in value) this.#tools(value.tools, `${at}.tools`, depth + 1);
  }

  #scalar(value: unknown, kind: ScalarKind, at: string, depth: number): void {
    this.#json(value, at, depth, "none");
    if (value === null || SCALAR_KINDS[kind](value)) return;
    throw new NotData(at, `is ${describe(value)}, where a ${kind} was expected`);
  }

  /** Checks LangChain objects: one object, or lists and dictionaries of objects and plain JSON. */
  #parts(value: unknown, at: string, depth: number): void {
    if (isJson(value) && "lc" in value) this.object(value, at, depth);
    else if (Array.isArray(value)) {
      this.#count(at, depth);
      for (const [index, item] of value.entries()) this.#parts(item, `${at}[${index}]`, depth + 1);
    } else if (isJson(value)) {
      this.#count(at, depth);
      for (const [key, item] of Object.entries(value)) {
        checkKey(key, item, fieldPath(at, key), "none");
        this.#parts(item, fieldPath(at, key), depth + 1);
      }
    } else this.#json(value, at, depth, "none");
  }

  #tools(value: unknown, at: string, depth: number): void {
    this.#json(value, at, depth, "none");
    if (value === null) return;
    if (!Array.isArray(value))
      throw new NotData(at, `is ${describe(value)}, where a list was expected`);
    for (const [index, tool] of value.entries()) {
      const type = isJson(tool) ? tool.type : undefined;
      if (TOOL_TYPES.has(type)) continue;
      throw new NotData(
        `${at}[${index}]`,
        `is a tool of type ${inspect(type, { depth: 0 })}, which may send what users write to a server that the model names`,
      );
    }
  }

  #json(value: unknown, at: string, depth: number, escapes: Escapes): void {
    this.#count(at, depth);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        this.#json(item, `${at}[${index}]`, depth + 1, escapes);
      }
      return;
    }
    if (!isJson(value)) return;
    const keys = Object.keys(value);
    const isEscape = escapes === "escaped" && keys.length === 1 && keys[0] === ESCAPED;
    const within = isEscape ? "inside" : escapes;
    for (const key of keys) {
      const place = fieldPath(at, key);
      checkKey(key, value[key], place, within);
      this.#json(value[key], place, depth + 1, within);
    }
  }

  #count(at: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new NotData(at, `is nested more than ${MAX_DEPTH} levels deep`);
    this.#values += 1;
    if (this.#values > MAX_VALUES)
      throw new NotData(at, `exceeds the limit of ${MAX_VALUES} values`);
  }
}

function kindOf(key: string, listed: Fields, at: string): FieldKind {
  const kind = ownField(listed, key);
  if (kind) return kind;
  throw new NotData(at, "is a field that langchain-mlflow does not keep in data");
}

/** `__proto__` would set the prototype of an object that LangChain creates, and `lc` would make LangChain create an object. */
function checkKey(key: string, value: unknown, at: string, escapes: Escapes): void {
  if (key === "__proto__") throw new NotData(at, "is a name that is not allowed in data");
  if (escapes !== "inside" && (key === "lc" || key === ESCAPED)) {
    throw new NotData(
      at,
      "is a key that LangChain interprets, which is not allowed in plain values",
    );
  }
  if (isPrivate(key, value)) throw new NotData(at, "looks like a key, a header or an address");
}

function checkSecret(value: unknown, variable: string | undefined, at: string): void {
  if (value === null) return;
  const { lc, type, id, ...rest }: Json = isJson(value) ? value : {};
  const isListed =
    Array.isArray(id) && id.length === 1 && id[0] === variable && variable !== undefined;
  if (lc === 1 && type === "secret" && isListed && Object.keys(rest).length === 0) return;
  throw new NotData(
    at,
    `is not the secret ${variable}, which is the only secret that this field can have`,
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isJson(value) && "lc" in value)
    return `a LangChain object of type ${inspect(value.type, { depth: 0 })}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
