import { createHash } from "node:crypto";
import { join } from "node:path";
import type { AnswerCache } from "../scorers/scorer.js";
import { readCachedJson, writeCachedJson } from "../store/cached-json.js";
import { sortedJson } from "./items.js";

/** Answers on disk, one file for each question. A file that cannot be read or written counts as missing. */
export function openAnswerCache(folder: string): AnswerCache {
  const pathOf = (key: unknown) => {
    const hash = createHash("sha256").update(sortedJson(key)).digest("hex");
    return join(folder, hash.slice(0, 2), `${hash}.json`);
  };
  return {
    async get(key) {
      const stored = await readCachedJson(pathOf(key));
      return typeof stored === "string" ? stored : undefined;
    },
    set: (key, answer) => writeCachedJson(pathOf(key), answer),
  };
}
