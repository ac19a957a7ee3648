import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Reads a JSON file of the cache folder. Returns undefined if it is missing or cannot be read. */
export async function readCachedJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file that only this user can read. Ignores failures: the data can be computed or requested again. */
export async function writeCachedJson(path: string, value: unknown): Promise<void> {
  // Renamed when it is complete, since other processes may read it.
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => {});
  }
}
