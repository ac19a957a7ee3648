import { type PlainObject, toJson } from "../../data/plain.js";

/**
 * The text of a YAML file, one `key: value` a line, each value as JSON: that is YAML too, and every
 * string is quoted, so no reader takes an id for a number or a time for a date.
 */
export function toYaml(mapping: PlainObject): string {
  let text = "";
  for (const [key, value] of Object.entries(mapping)) {
    if (value !== undefined) text += `${key}: ${escapeForYaml(toJson(value, "python"))}\n`;
  }
  return text;
}

/** JSON leaves these as they are; Python's reader refuses some and folds the others into blanks. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escapeForYaml(json: string): string {
  return json.replace(
    UNREADABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The mapping in a YAML file; undefined for a text that is not one (half written, foreign). */
export async function parseYaml(text: string): Promise<Record<string, unknown> | undefined> {
  // Opened on the first read: an app that only writes traces never pays for it.
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(text, { version: "1.1", schema: "core", logLevel: "silent" });
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
