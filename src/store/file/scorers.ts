import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import { isPlainObject, type Plain } from "../../data/plain.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import type { ScorerStore, ScorerVersion } from "../scorer-store.js";
import { textOf } from "../wire/json-fields.js";
import { openExperiment } from "./experiments.js";
import type { Layout } from "./layout.js";
import { perform } from "./steps.js";
import { toException } from "./verdicts.js";

/** The name of a file has a digest of the scorer's name, which may have any characters. */
const FILE = /^scorer-([0-9a-f]{16})-(\d+)\.json$/;

/**
 * Registered scorers of a local store: one file for each version, in the folder of the experiment. MLflow's FileStore has
 * no scorers, and ignores these files.
 */
export function createScorerStore(layout: Layout): ScorerStore {
  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw toException(layout, cause);
    }
  }

  const folderOf = (experimentId: string) => perform(openExperiment(layout, experimentId));

  /** All versions in an experiment, the oldest first. */
  async function versionsIn(experimentId: string): Promise<readonly StoredVersion[]> {
    const folder = await folderOf(experimentId);
    const files = (await readdir(folder)).filter((name) => FILE.test(name));
    const read = await Promise.all(
      files.map((name) => readVersion(experimentId, join(folder, name))),
    );
    return read.flatMap((one) => one ?? []).sort((one, other) => one.version - other.version);
  }

  async function versionsOf(experimentId: string, name: string): Promise<readonly StoredVersion[]> {
    const found = (await versionsIn(experimentId)).filter((one) => one.name === name);
    if (found.length > 0) return found;
    throw missing(`Scorer with name '${name}' not found for experiment ${experimentId}.`);
  }

  return {
    registerScorer: (experimentId, name, serializedScorer) =>
      attempt(async () => {
        const folder = await folderOf(experimentId);
        const known = (await versionsIn(experimentId)).filter((one) => one.name === name);
        const scorerId = known[0]?.scorerId ?? randomUUID();
        for (let version = (known.at(-1)?.version ?? 0) + 1; ; version += 1) {
          const stored = { name, scorerId, creationTimeMs: Date.now(), serializedScorer };
          const isNew = await writeNew(join(folder, fileName(name, version)), stored);
          if (isNew) return { experimentId, version, ...stored };
        }
      }),
    listScorers: (experimentId) =>
      attempt(async () => {
        const latest = new Map<string, ScorerVersion>();
        for (const { file, ...one } of await versionsIn(experimentId)) latest.set(one.name, one);
        return [...latest.values()];
      }),
    listScorerVersions: (experimentId, name) =>
      attempt(async () =>
        (await versionsOf(experimentId, name)).map(({ file, ...version }) => version),
      ),
    getScorer: (experimentId, name, version) =>
      attempt(async () => {
        const { file, ...found } = pick(await versionsOf(experimentId, name), version);
        return found;
      }),
    deleteScorer: (experimentId, name, version) =>
      attempt(async () => {
        const all = await versionsOf(experimentId, name);
        const deleted = version === undefined ? all : [pick(all, version)];
        for (const { file } of deleted) await rm(file, { force: true });
      }),
  };
}

interface StoredVersion extends ScorerVersion {
  readonly file: string;
}

function fileName(name: string, version: number): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `scorer-${digest}-${version}.json`;
}

/** Returns false if the file exists: another process has stored this version. */
async function writeNew(file: string, content: object): Promise<boolean> {
  try {
    await writeFile(file, wellFormedJson(content, 2), { flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  }
}

/** Undefined for a file that is not complete, or that was deleted meanwhile. */
async function readVersion(experimentId: string, file: string): Promise<StoredVersion | undefined> {
  const version = Number(FILE.exec(file.split(/[\\/]/).at(-1) ?? "")?.[2]);
  const text = await readFile(file, "utf8").catch(() => "");
  const stored = parse(text);
  if (!isPlainObject(stored)) return undefined;
  return {
    experimentId,
    name: textOf(stored.name),
    version,
    scorerId: textOf(stored.scorerId),
    creationTimeMs: Number(textOf(stored.creationTimeMs)),
    serializedScorer: textOf(stored.serializedScorer),
    file,
  };
}

function parse(text: string): Plain | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pick(versions: readonly StoredVersion[], version: number | undefined): StoredVersion {
  const found =
    version === undefined ? versions.at(-1) : versions.find((one) => one.version === version);
  if (found) return found;
  throw missing(`Scorer with name '${versions[0]?.name}' and version ${version} not found.`);
}

function missing(message: string): MlflowException {
  return new MlflowException(message, "RESOURCE_DOES_NOT_EXIST");
}
