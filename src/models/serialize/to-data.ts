import { fieldsOfClass, modelClassOf } from "./classes.js";
import { fieldPath, stepNames } from "./field-path.js";
import type { ModelClass } from "./model-classes.js";
import { NotData } from "./not-data.js";
import { isPrivate } from "./private-fields.js";

export type Data = null | boolean | number | string | Data[] | { [key: string]: Data };

/** What was met while an object was made data. */
export interface Findings {
  /** The variables that secrets are read from at load: `OPENAI_API_KEY`. */
  readonly secretIds: Set<string>;
  /** What was left out: where, and what. */
  readonly left: string[];
  readonly modelClasses: Set<ModelClass>;
  /** `load` gives classes another name: the ones it will meet. */
  readonly constructors: Set<object>;
}

/** An object of LangChain's that says of itself how it is serialized. */
interface Serializable {
  readonly lc_serializable: boolean;
  readonly lc_id: readonly string[];
  readonly lc_secrets?: Readonly<Record<string, string>>;
  toJSON(): { readonly type: string; readonly kwargs?: object };
}

const MAX_DEPTH = 40;

/**
 * Returns LangChain's own serialization of an object, as data. Throws {@link NotData} for a value that JSON would drop, for a
 * class that is not listed, and for a field that looks like a key, an address or a header. A model's keys, addresses and headers
 * are left out instead, because they come from the environment when it is loaded.
 */
export function toData(value: unknown, at: string, findings: Findings, depth = 0): Data {
  if (depth > MAX_DEPTH) throw new NotData(at, "is nested too deep, or holds itself");
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new NotData(at, `is ${nameOf(value)}`);
  if (Array.isArray(value)) {
    return value.map((item, index) => toData(item, `${at}[${index}]`, findings, depth + 1));
  }
  if (isSerializable(value)) return objectToData(value, at, findings, depth);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotData(at, `is an object of class ${value.constructor?.name}`);
  }
  return fieldsToData(value, at, findings, depth);
}

function objectToData(
  value: Serializable,
  at: string,
  findings: Findings,
  depth: number,
): { [key: string]: Data } {
  const id = value.lc_id;
  const name = `${value.constructor.name}`;
  const json = value.toJSON();
  if (json.type !== "constructor" || !json.kwargs) {
    throw new NotData(at, `is a ${name}, which LangChain does not serialize`);
  }
  if (!fieldsOfClass(id)) {
    throw new NotData(at, `is a ${name}, a class that langchain-mlflow does not load from data`);
  }
  const modelClass = modelClassOf(id);
  if (modelClass) findings.modelClasses.add(modelClass);
  findings.constructors.add(value.constructor);
  const kwargs: Record<string, unknown> = { ...json.kwargs };
  const secrets = takeSecrets(kwargs, value, at, findings);
  if (modelClass) leaveOut(kwargs, modelClass, at, findings);
  const steps = stepNames(id, kwargs);
  const fields = fieldsToData(kwargs, at, findings, depth, steps);
  return { lc: 1, type: "constructor", id: [...id], kwargs: { ...fields, ...secrets } };
}

function fieldsToData(
  value: object,
  at: string,
  findings: Findings,
  depth: number,
  names: Readonly<Record<string, string>> = {},
): { [key: string]: Data } {
  const data: { [key: string]: Data } = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const place = key in names ? (names[key] ?? "") : key;
    const where = fieldPath(at, place);
    // Assigned, it would become the prototype of the data.
    if (key === "__proto__") throw new NotData(where, "is a name that data cannot have");
    if (isPrivate(key, field)) throw new NotData(where, "looks like a key, a header or an address");
    const isStep = Array.isArray(field) && place === "[1…]";
    data[key] = isStep
      ? field.map((step, index) => toData(step, `${at}[${index + 1}]`, findings, depth + 1))
      : toData(field, where, findings, depth + 1);
  }
  return data;
}

/** Takes the `{ type: "secret" }` nodes that the class itself declares out of the fields. */
function takeSecrets(
  kwargs: Record<string, unknown>,
  owner: Serializable,
  at: string,
  findings: Findings,
): Record<string, Data> {
  const declared = owner.lc_secrets ?? {};
  const taken: Record<string, Data> = {};
  for (const [key, field] of Object.entries(kwargs)) {
    const id = secretIdOf(field);
    if (id === undefined) continue;
    const property = Object.keys(declared).find((name) => declared[name] === id);
    const value = property && (owner as unknown as Readonly<Record<string, unknown>>)[property];
    if (property === undefined || typeof value !== "string") {
      throw new NotData(`${at}.${property ?? key}`, "is a secret that is no text");
    }
    findings.secretIds.add(id);
    taken[key] = { lc: 1, type: "secret", id: [id] };
    delete kwargs[key];
  }
  return taken;
}

/** The variable of `{ lc: 1, type: "secret", id: ["OPENAI_API_KEY"] }`. */
function secretIdOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { lc, type, id } = value as { lc?: unknown; type?: unknown; id?: unknown };
  const isSecret = lc === 1 && type === "secret" && Array.isArray(id) && typeof id[0] === "string";
  return isSecret ? (id[0] as string) : undefined;
}

/** A model's keys, addresses and headers come from the environment when it is loaded. */
function leaveOut(
  kwargs: Record<string, unknown>,
  modelClass: ModelClass,
  at: string,
  findings: Findings,
): void {
  const leave = (owner: Record<string, unknown>, key: string, path: string) => {
    if (owner[key] !== undefined) findings.left.push(`${at}${at && "."}${path}`);
    delete owner[key];
  };
  for (const key of Object.keys(kwargs)) {
    if (isLeft(key, modelClass)) leave(kwargs, key, key);
  }
  const { configuration } = kwargs;
  if (typeof configuration !== "object" || configuration === null) return;
  const kept: Record<string, unknown> = { ...configuration };
  for (const key of Object.keys(kept)) {
    const path = `configuration.${key}`;
    if (isLeft(key, modelClass)) leave(kept, key, path);
    else if (!Object.hasOwn(modelClass.configuration, key) && kept[key] !== undefined) {
      throw new NotData(`${at}${at && "."}${path}`, "is not stored: it may hold a key or code");
    }
  }
  if (Object.keys(kept).length > 0) kwargs.configuration = kept;
  else delete kwargs.configuration;
}

function isLeft(key: string, { left }: ModelClass): boolean {
  const fold = (name: string) => name.replaceAll("_", "").toLowerCase();
  return left.some((name) => fold(name) === fold(key));
}

function isSerializable(value: object): value is Serializable {
  return (
    "lc_serializable" in value && typeof (value as Partial<Serializable>).toJSON === "function"
  );
}

function nameOf(value: unknown): string {
  if (typeof value === "function") return `a function${value.name ? ` (${value.name})` : ""}`;
  return typeof value === "number" ? `${value}, which JSON does not have` : `a ${typeof value}`;
}
