import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { FileToWrite } from "./write-atomically.js";

/** What MLflow allows in a key: a trace with another one would make its reader fail for all traces. */
const FORBIDDEN = process.platform === "win32" ? /[^\p{L}\p{N}_/.\- ]/gu : /[^\p{L}\p{N}_/.\- :]/gu;

/** File systems stop at 255 bytes a name. */
const MAX_NAME_BYTES = 240;

/** Tags or metadata as MLflow keeps them: a file for each key, holding the value and nothing else. */
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

/** Reads such a folder; `/` in a key made folders below it. A folder that is not there is empty. */
export async function readRecord(folder: string): Promise<Record<string, string>> {
  const record: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(folder.length + 1).replaceAll(sep, "/");
    const value = await readFile(path, "utf8").catch(() => undefined);
    if (value !== undefined) record[key] = value;
  }
  return record;
}

/** The key itself wherever MLflow allows it; else the nearest name that it does allow. */
function fileName(key: string): string {
  const allowed = key.toWellFormed().replace(FORBIDDEN, "_");
  const parts = allowed.split("/");
  const isPath = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isPath) return parts.map(shorten).join("/");
  const flat = shorten(parts.join("_"));
  return flat === "" || flat === "." || flat === ".." ? `_${flat}` : flat;
}

/** `a` cannot be a file and the folder of `a/b`. */
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
