import { dirname, resolve } from "node:path";
import { guard } from "../base/log.js";
import { readGitCommit } from "../context/git-commit.js";
import { readSource } from "../context/source.js";
import { RunTagKey } from "../store/run-store.js";

let known: Readonly<Record<string, string>> | undefined;

/** Who runs what from where, as Python's client tags every run and every logged model. Read once. */
export function sourceTags(): Readonly<Record<string, string>> {
  known ??= guard("source", () => {
    const script = process.argv[1];
    const commit = readGitCommit(script ? dirname(resolve(script)) : process.cwd());
    return { ...readSource(), ...(commit && { [RunTagKey.GIT_COMMIT]: commit }) };
  })();
  return known ?? {};
}
