import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { type PlainObject, toJson } from "../../data/plain.js";
import { parseYaml } from "../yaml.js";
import { META_FILE } from "./layout.js";
import type { FileToWrite } from "./write-atomically.js";

/**
 * Writes a mapping as YAML, one `key: value` a line. Each value is JSON, which is valid YAML. JSON quotes
 * every string, so no reader mistakes an id for a number or a time for a date.
 */
export function toYaml(mapping: PlainObject): string {
  let text = "";
  for (const [key, value] of Object.entries(mapping)) {
    if (value !== undefined) text += `${key}: ${escapeForYaml(toJson(value, "python"))}\n`;
  }
  return text;
}

/** JSON does not escape these. Python's YAML reader rejects some of them and turns the others into spaces. */
const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escapeForYaml(json: string): string {
  return json.replace(
    UNREADABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Reads a text of a mapping that this package or Python's MLflow has written, without the YAML reader: the end of a process
 * cannot load it. Python continues a long text on further lines, which are indented.
 */
export function readYamlField(text: string, key: string): string | undefined {
  const value = new RegExp(`^${key}: (.*(?:\n +.*)*)`, "m").exec(text)?.[1]?.trimEnd();
  if (value?.startsWith('"')) return readQuoted(value);
  const joined = value?.replace(/\n +/g, " ");
  return joined?.startsWith("'") ? joined.slice(1, -1).replaceAll("''", "'") : joined;
}

/** Python escapes the end of a line within double quotes, and leading spaces of the next one. */
function readQuoted(value: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(value.replace(/\\\n +\\?/g, ""));
    return typeof parsed === "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export type YamlMapping = Readonly<Record<string, unknown>>;

/** Returns undefined if the text is not a YAML mapping, for example because it is half written. */
export async function parseMapping(text: string): Promise<YamlMapping | undefined> {
  const value = await parseYaml(text).catch(() => undefined);
  return isMapping(value) ? value : undefined;
}

export function isMapping(value: unknown): value is YamlMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns undefined if the file cannot be read. */
export async function readTextFile(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}

/** Returns undefined if the file cannot be read or is not a YAML mapping. */
export async function readYamlFile(path: string): Promise<YamlMapping | undefined> {
  const text = await readTextFile(path);
  return text === undefined ? undefined : parseMapping(text);
}

/** Reads the `meta.yaml` of a folder. */
export function readMeta(folder: string): Promise<YamlMapping | undefined> {
  return readYamlFile(join(folder, META_FILE));
}

/** MLflow's reader fails for all traces if one trace has a key with another character. */
const FORBIDDEN = process.platform === "win32" ? /[^\p{L}\p{N}_/.\- ]/gu : /[^\p{L}\p{N}_/.\- :]/gu;

/** File systems allow 255 bytes. The rest is for the suffix of a name that is taken. */
const MAX_NAME_BYTES = 240;

/** Tags, params and metadata in MLflow's layout: one file for each key, which contains only the value. */
export function recordToFiles(
  folder: string,
  record: Readonly<Record<string, string>>,
): FileToWrite[] {
  const names = new Set(Object.keys(record).map(fileName));
  const used = new Set<string>();
  return Object.entries(record).map(([key, value]) => {
    let name = withoutConflict(fileName(key), names);
    while (used.has(name)) name += "_";
    used.add(name);
    return { path: `${folder}/${name}`, text: value.toWellFormed() };
  });
}

/** Reads such a folder and its subfolders: a key with `/` is a path. A missing folder is an empty record. */
export async function readRecord(folder: string): Promise<Record<string, string>> {
  const record = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(folder.length + 1).replaceAll(sep, "/");
    const value = await readTextFile(path);
    if (value !== undefined) record.set(key, value);
  }
  return Object.fromEntries(record);
}

/** Returns the key itself if MLflow allows it, else a similar name that MLflow allows. */
function fileName(key: string): string {
  const allowed = key.toWellFormed().replace(FORBIDDEN, "_");
  const parts = allowed.split("/");
  const isPath = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isPath) return parts.map(shorten).join("/");
  const flat = shorten(parts.join("_"));
  return flat === "" || flat === "." || flat === ".." ? `_${flat}` : flat;
}

/** `a` cannot be both a file and the folder of `a/b`. */
function withoutConflict(name: string, names: ReadonlySet<string>): string {
  for (let slash = name.indexOf("/"); slash >= 0; slash = name.indexOf("/", slash + 1)) {
    if (names.has(name.slice(0, slash))) return shorten(name.replaceAll("/", "_"));
  }
  return name;
}

function shorten(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > MAX_NAME_BYTES) short = [...short].slice(0, -10).join("");
  return short;
}
