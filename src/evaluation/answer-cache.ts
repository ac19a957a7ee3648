import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AnswerCache } from "../scorers/scorer.js";
import { sortedJson } from "./items.js";

/** Answers on disk, one file for each question. A file that cannot be read or written counts as missing. */
export function openAnswerCache(folder: string): AnswerCache {
  const pathOf = (key: unknown) => {
    const hash = createHash("sha256").update(sortedJson(key)).digest("hex");
    return join(folder, hash.slice(0, 2), `${hash}.json`);
  };
  return {
    async get(key) {
      try {
        const stored: unknown = JSON.parse(await readFile(pathOf(key), "utf8"));
        return typeof stored === "string" ? stored : undefined;
      } catch {
        return undefined;
      }
    },
    async set(key, answer) {
      const path = pathOf(key);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        // Renamed when it is complete, since other processes may read it.
        const draft = `${path}.${randomUUID()}`;
        await writeFile(draft, JSON.stringify(answer), { mode: 0o600 });
        await rename(draft, path);
      } catch {
        // The next evaluation asks again.
      }
    },
  };
}
