import { fieldsOfClass, modelClassOf } from "./classes.js";
import { fieldPath, isPrivate, NotData, stepNames } from "./fields.js";
import type { ModelClass } from "./model-classes.js";

export type Data = null | boolean | number | string | Data[] | { [key: string]: Data };

/** What {@link toData} found in an object. */
export interface Findings {
  /** The environment variables that secrets are read from: `OPENAI_API_KEY`. */
  readonly secretIds: Set<string>;
  /** The paths of the fields that were omitted. */
  readonly omitted: string[];
  readonly modelClasses: Set<ModelClass>;
  /** The classes of the objects, which LangChain's `load` renames. */
  readonly constructors: Set<object>;
}

/** A LangChain object that declares how it is serialized. */
interface Serializable {
  readonly lc_serializable: boolean;
  readonly lc_id: readonly string[];
  readonly lc_secrets?: Readonly<Record<string, string>>;
  toJSON(): { readonly type: string; readonly kwargs?: object };
}

const MAX_DEPTH = 40;

/**
 * Returns LangChain's own serialization of an object, as data. A model's keys, addresses and headers are omitted, because they come
 * from the environment when it is loaded.
 *
 * @throws NotData for a value that JSON would drop, a class that is not listed, and a field that looks like a key, an address or a
 * header.
 */
export function toData(value: unknown, at: string, findings: Findings, depth = 0): Data {
  if (depth > MAX_DEPTH) throw new NotData(at, "is nested too deep, or contains itself");
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
  if (modelClass) omitPrivate(kwargs, modelClass, at, findings);
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
    const place = Object.hasOwn(names, key) ? (names[key] ?? "") : key;
    const where = fieldPath(at, place);
    // Assigning it would set the prototype of the data.
    if (key === "__proto__") throw new NotData(where, "is a name that is not allowed in data");
    if (isPrivate(key, field)) throw new NotData(where, "looks like a key, a header or an address");
    const isStep = Array.isArray(field) && place === "[1…]";
    data[key] = isStep
      ? field.map((step, index) => toData(step, `${at}[${index + 1}]`, findings, depth + 1))
      : toData(field, where, findings, depth + 1);
  }
  return data;
}

/** Removes the `{ type: "secret" }` nodes that the class declares from the fields, and returns them. */
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
      throw new NotData(`${at}.${property ?? key}`, "is a secret that is not a string");
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

/** Removes a model's keys, addresses and headers, which come from the environment when it is loaded. */
function omitPrivate(
  kwargs: Record<string, unknown>,
  modelClass: ModelClass,
  at: string,
  findings: Findings,
): void {
  const omit = (owner: Record<string, unknown>, key: string, path: string) => {
    if (owner[key] !== undefined) findings.omitted.push(`${at}${at && "."}${path}`);
    delete owner[key];
  };
  for (const key of Object.keys(kwargs)) {
    if (isOmitted(key, modelClass)) omit(kwargs, key, key);
  }
  const { configuration } = kwargs;
  if (typeof configuration !== "object" || configuration === null) return;
  const kept: Record<string, unknown> = { ...configuration };
  for (const key of Object.keys(kept)) {
    const path = `configuration.${key}`;
    if (isOmitted(key, modelClass)) omit(kept, key, path);
    else if (!Object.hasOwn(modelClass.configuration, key) && kept[key] !== undefined) {
      throw new NotData(
        `${at}${at && "."}${path}`,
        "cannot be stored, because it could contain a key or code",
      );
    }
  }
  if (Object.keys(kept).length > 0) kwargs.configuration = kept;
  else delete kwargs.configuration;
}

function isOmitted(key: string, { omitted }: ModelClass): boolean {
  const fold = (name: string) => name.replaceAll("_", "").toLowerCase();
  return omitted.some((name) => fold(name) === fold(key));
}

function isSerializable(value: object): value is Serializable {
  return (
    "lc_serializable" in value && typeof (value as Partial<Serializable>).toJSON === "function"
  );
}

function nameOf(value: unknown): string {
  if (typeof value === "function") return `a function${value.name ? ` (${value.name})` : ""}`;
  return typeof value === "number" ? `${value}, which JSON cannot represent` : `a ${typeof value}`;
}
