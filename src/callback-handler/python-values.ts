import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../data/plain.js";

// Values in the forms that Python's MlflowCallbackHandler records.

/** `{ a: { b: 1 } }` becomes `{ a_b: 1 }`; lists are unchanged. Mirrors `flatten_dict` of langchain_community. */
export function flatten(value: Plain | undefined): PlainObject {
  const flat: Record<string, Plain> = {};
  if (isPlainObject(value)) addFields(flat, value, "");
  return flat;
}

function addFields(flat: Record<string, Plain>, object: PlainObject, prefix: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (isPlainObject(value)) addFields(flat, value, `${prefix}${key}_`);
    else if (value !== undefined && prefix + key !== "__proto__") flat[prefix + key] = value;
  }
}

/** The inputs or outputs of a chain as one string: `question=How far?,language=German`. */
export function textOfFields(value: Plain | undefined): string {
  if (isPlainArray(value)) return value.map(textOf).join(",");
  if (!isPlainObject(value)) return textOf(value);
  return Object.entries(value)
    .map(([name, field]) => `${name}=${textOf(field)}`)
    .join(",");
}

/** A string unchanged, any other value as JSON. */
export function textOf(value: Plain | undefined): string {
  return typeof value === "string" ? value : toJson(value, "python");
}

/** The output of a tool as a string. For a tool message, the content that the model receives. */
export function textOfOutput(value: Plain | undefined): string {
  const isMessage = isPlainObject(value) && value.type === "tool" && "tool_call_id" in value;
  return textOf(isMessage ? value.content : value);
}
