import { isPlainArray, isPlainObject, type Plain } from "./plain.js";
import { withoutAuthorization } from "./secret-texts.js";
import { isSecretHeader, type NameKind, REDACTED } from "./secrets.js";

/** Whether the value of a field named like a secret is recorded. `owner` comes from the name of the object's own field. */
export function isShown(object: object, name: string, owner: NameKind): boolean {
  try {
    const value = (object as { readonly [name: string]: unknown })[name];
    return (owner === "properties" && isSchema(value)) || holdsNoSecret(object, name);
  } catch {
    return false;
  }
}

/** Whether a field named like a secret has no secret: it is empty, a flag, or LangChain's reference to a variable. */
function holdsNoSecret(owner: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (!descriptor || descriptor.get) return false;
  const value: unknown = descriptor.value;
  if (typeof value === "object" && value !== null) return isVariableName(value);
  return value === undefined || value === null || value === "" || typeof value === "boolean";
}

/** `{ lc: 1, type: "secret", id: ["OPENAI_API_KEY"] }`. */
function isVariableName(value: object): boolean {
  const { lc, type, id } = value as { lc?: unknown; type?: unknown; id?: unknown };
  return lc === 1 && type === "secret" && Array.isArray(id) && Object.keys(value).length === 3;
}

const SCHEMA_WORDS = ["$ref", "anyOf", "oneOf", "allOf"];
const SCHEMA_TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];

/** Whether this is the JSON schema of a parameter: a tool may have a parameter named `password`. */
function isSchema(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type } = value as { type?: unknown };
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.length > SCHEMA_TYPES.length) return false;
  return (
    types.every((one) => SCHEMA_TYPES.includes(one as string)) ||
    SCHEMA_WORDS.some((word) => word in value)
  );
}

/** Redacts headers in place. They may be an object, a list of pairs, or a list of alternating names and values. */
export function withoutSecretHeaders(headers: Plain): void {
  if (isPlainArray(headers)) redactList(headers as Plain[]);
  else if (isPlainObject(headers)) {
    const fields = headers as Record<string, Plain>;
    for (const name of Object.keys(fields)) fields[name] = redactHeader(name, fields[name] ?? null);
  }
}

function redactList(list: Plain[]): void {
  list.forEach((item, index) => {
    const name = isPlainArray(item) ? item[0] : list[index - 1];
    if (typeof name !== "string") return;
    if (isPlainArray(item)) (item as Plain[])[1] = redactHeader(name, item[1] ?? null);
    else if (index % 2 === 1) list[index] = redactHeader(name, item);
  });
}

function redactHeader(name: string, value: Plain): Plain {
  if (value === null || typeof value === "boolean") return value;
  if (isSecretHeader(name)) return REDACTED;
  return typeof value === "string" ? withoutAuthorization(value) : value;
}
