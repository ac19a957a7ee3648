import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import type { PlainObject } from "../../data/plain.js";
import { writeWhole } from "../local-files.js";
import type { ModelRegistry, ModelVersion } from "../model-store.js";
import type { RunStore } from "../run-store.js";
import { type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import { parseYaml, toYaml } from "./meta-yaml.js";
import { readRecord, recordToFiles } from "./record-files.js";
import { checkAlias, checkModelName, checkVersion } from "./registry-names.js";
import { perform } from "./steps.js";
import { readText } from "./trace-files.js";
import { placeNew } from "./write-atomically.js";

const ALIASES_FOLDER = "aliases";
const VERSION_FOLDER = /^version-(\d+)$/;
/** What MLflow writes over the stage of a version that was deleted. */
const DELETED = "Deleted_Internal";

/** The model registry of a local store, in MLflow's FileStore layout below `models/`. */
export function createRegistry(layout: Layout, runs: Pick<RunStore, "getRun">): ModelRegistry {
  const folderOf = (name: string) => join(layout.root, "models", checkModelName(name));
  const versionFolder = (name: string, version: string) =>
    join(folderOf(name), `version-${checkVersion(version)}`);
  const fileOf = (name: string, alias: string) =>
    join(folderOf(name), ALIASES_FOLDER, checkAlias(alias));

  async function read(name: string, version: string): Promise<StoredVersion | undefined> {
    const folder = versionFolder(name, version);
    const meta = await readMeta(folder);
    if (!meta || meta.current_stage === DELETED) return undefined;
    const aliases = await readRecord(join(folderOf(name), ALIASES_FOLDER));
    const mine = Object.keys(aliases).filter((alias) => Number(aliases[alias]) === Number(version));
    const tags = await readRecord(join(folder, TAGS_FOLDER));
    return { meta, version: versionOf(meta, mine.sort(), tags) };
  }

  async function require(name: string, version: string): Promise<StoredVersion> {
    const found = await read(name, version);
    if (found) return found;
    throw notFound(`Model Version (name=${name}, version=${version})`);
  }

  async function touch(name: string): Promise<void> {
    const folder = folderOf(name);
    const meta = await readMeta(folder);
    if (!meta) throw notFound(`Registered Model with name=${name}`);
    const text = toYaml({ ...(meta as PlainObject), last_updated_timestamp: Date.now() });
    await writeWhole(join(folder, META_FILE), (unfinished) => writeFile(unfinished, text));
  }

  const registry: ModelRegistry = {
    async createRegisteredModel(name, tags = {}) {
      const folder = folderOf(name);
      const meta = toYaml(registeredModelMeta(name));
      const files = [{ path: META_FILE, text: meta }, ...recordToFiles(TAGS_FOLDER, tags)];
      await mkdir(join(layout.root, "models"), { recursive: true });
      if (await perform(placeNew(layout.incoming, folder, files))) return;
      throw new MlflowException(
        `Registered Model (name=${name}) already exists.`,
        "RESOURCE_ALREADY_EXISTS",
      );
    },
    async createModelVersion({ name, source, runId, modelId, tags = {} }) {
      await touch(name);
      const storageLocation = await locationOf(source);
      for (;;) {
        const version = 1 + Math.max(0, ...(await versionsIn(folderOf(name))));
        const meta = versionMeta({ name, version, source, storageLocation, runId, modelId });
        const files = [
          { path: META_FILE, text: toYaml(meta) },
          ...recordToFiles(TAGS_FOLDER, tags),
        ];
        const folder = versionFolder(name, String(version));
        // Another process may have taken the number in this moment.
        if (await perform(placeNew(layout.incoming, folder, files))) {
          return (await require(name, String(version))).version;
        }
      }
    },
    getModelVersion: async (name, version) => (await read(name, version))?.version,
    async getModelVersionByAlias(name, alias) {
      if (alias.toLowerCase() === "latest") return registry.getLatestModelVersion(name);
      const version = await readText(fileOf(name, alias));
      return version === undefined ? undefined : registry.getModelVersion(name, version.trim());
    },
    async getLatestModelVersion(name) {
      const versions = await versionsIn(folderOf(name));
      for (const version of versions.sort((one, other) => other - one)) {
        const found = await registry.getModelVersion(name, String(version));
        if (found) return found;
      }
      return undefined;
    },
    async setRegisteredModelAlias(name, alias, version) {
      const file = fileOf(name, alias);
      await require(name, version);
      await mkdir(join(file, ".."), { recursive: true });
      await writeWhole(file, (unfinished) => writeFile(unfinished, String(Number(version))));
      await touch(name);
    },
    async deleteRegisteredModelAlias(name, alias) {
      await rm(fileOf(name, alias), { force: true });
      await touch(name);
    },
    async getModelVersionDownloadUri(name, version) {
      const { meta } = await require(name, version);
      return String(meta.storage_location || meta.source);
    },
  };

  /** Where the files are that a source names. */
  async function locationOf(source: string): Promise<string> {
    const [, runId = "", path] = /^runs:\/+([^/]+)\/(.+)$/.exec(source) ?? [];
    const run = path === undefined ? undefined : await runs.getRun(runId);
    if (run !== undefined) return `${run.info.artifactUri}/${path}`;
    const [, name, version] = /^models:\/+([^/]+)\/(\d+)$/.exec(source) ?? [];
    if (name === undefined || version === undefined) return source;
    return registry.getModelVersionDownloadUri(name, version);
  }

  return registry;
}

interface StoredVersion {
  readonly meta: Readonly<Record<string, unknown>>;
  readonly version: ModelVersion;
}

async function readMeta(folder: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(join(folder, META_FILE));
  return text === undefined ? undefined : parseYaml(text);
}

async function versionsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const [, version] = VERSION_FOLDER.exec(name) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}

function registeredModelMeta(name: string): PlainObject {
  const now = Date.now();
  return {
    creation_timestamp: now,
    deployment_job_id: null,
    deployment_job_state: null,
    description: null,
    last_updated_timestamp: now,
    name,
    workspace: "default",
  };
}

function versionMeta(version: {
  readonly name: string;
  readonly version: number;
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
}): PlainObject {
  const now = Date.now();
  return {
    creation_timestamp: now,
    current_stage: "None",
    deployment_job_state: null,
    description: null,
    last_updated_timestamp: now,
    model_id: version.modelId ?? null,
    name: version.name,
    run_id: version.runId ?? null,
    run_link: null,
    source: version.source,
    status: "READY",
    status_message: null,
    storage_location: version.storageLocation,
    user_id: null,
    version: version.version,
    workspace: "default",
  };
}

function versionOf(
  meta: Readonly<Record<string, unknown>>,
  aliases: readonly string[],
  tags: Readonly<Record<string, string>>,
): ModelVersion {
  const optional = (value: unknown) => (value ? String(value) : undefined);
  return {
    name: String(meta.name),
    version: String(meta.version),
    source: String(meta.source),
    runId: optional(meta.run_id),
    modelId: optional(meta.model_id),
    status: String(meta.status),
    aliases,
    tags,
  };
}

function notFound(what: string): MlflowException {
  return new MlflowException(`${what} not found`, "RESOURCE_DOES_NOT_EXIST");
}
