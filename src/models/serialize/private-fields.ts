import { kindOfName } from "../../data/secrets.js";

/** A key that names an address a request goes to. */
const ADDRESS = /^(base_?url|base_?path|api_?base|.*_api_base|.*_?endpoint|host|proxy(_?url)?)$/i;

/** Whether a field of this name holds, or may hold, a key, headers or an address: these are never stored. */
export function isPrivate(key: string, value: unknown): boolean {
  if (value === null || value === "" || typeof value === "boolean") return false;
  const kind = kindOfName(key);
  return kind === "secret" || kind === "headers" || ADDRESS.test(key);
}
