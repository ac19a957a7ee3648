import { isPlainObject, type Plain, type PlainObject } from "../data/plain.js";

/** `{ a: { b: 1 } }` as `{ a_b: 1 }`; lists stay as they are. Mirrors `flatten_dict` of langchain_community. */
export function flatten(value: Plain | undefined): PlainObject {
  const flat: Record<string, Plain> = {};
  if (isPlainObject(value)) put(flat, value, "");
  return flat;
}

function put(flat: Record<string, Plain>, object: PlainObject, prefix: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (isPlainObject(value)) put(flat, value, `${prefix}${key}_`);
    else if (value !== undefined && prefix + key !== "__proto__") flat[prefix + key] = value;
  }
}
