import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import { writeWhole } from "../local-files.js";
import type { ModelRegistry } from "../model-store.js";
import type { RunStore } from "../run-store.js";
import type { Layout } from "./layout.js";
import { readTextFile } from "./meta-files.js";
import {
  ALIASES_FOLDER,
  changeModel,
  checkAlias,
  filesOf,
  getVersion,
  modelFolder,
  readVersion,
  registeredModelMeta,
  versionFolder,
  versionMeta,
  versionsIn,
} from "./registry-files.js";
import { perform } from "./steps.js";
import { placeNew } from "./write-atomically.js";

/** The model registry of a local store, in MLflow's FileStore layout below `models/`. */
export function createRegistry(layout: Layout, runs: Pick<RunStore, "getRun">): ModelRegistry {
  const folderOf = (name: string) => modelFolder(layout, name);
  const aliasFile = (name: string, alias: string) =>
    join(folderOf(name), ALIASES_FOLDER, checkAlias(alias));
  const touch = (name: string) => changeModel(layout, name, {});
  const read = (name: string, version: string) => readVersion(layout, name, version);
  const getExisting = (name: string, version: string) => getVersion(layout, name, version);

  const registry: ModelRegistry = {
    async createRegisteredModel(name, tags = {}, description) {
      const folder = folderOf(name);
      const files = filesOf(registeredModelMeta(name, description), tags);
      await mkdir(join(layout.root, "models"), { recursive: true });
      if (await perform(placeNew(layout.incoming, folder, files))) return;
      throw new MlflowException(
        `Registered Model (name=${name}) already exists.`,
        "RESOURCE_ALREADY_EXISTS",
      );
    },
    async createModelVersion({ name, source, runId, modelId, description, tags = {} }) {
      await touch(name);
      const storageLocation = await locationOf(source);
      for (;;) {
        const version = 1 + Math.max(0, ...(await versionsIn(folderOf(name))));
        const more = { source, storageLocation, runId, modelId, description };
        const meta = versionMeta({ name, version, ...more });
        const folder = versionFolder(layout, name, String(version));
        // If another process has created this version meanwhile, try the next number.
        if (await perform(placeNew(layout.incoming, folder, filesOf(meta, tags)))) {
          return (await getExisting(name, String(version))).version;
        }
      }
    },
    getModelVersion: async (name, version) => (await read(name, version))?.version,
    async getModelVersionByAlias(name, alias) {
      if (alias.toLowerCase() === "latest") return registry.getLatestModelVersion(name);
      const version = await readTextFile(aliasFile(name, alias));
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
      const file = aliasFile(name, alias);
      await getExisting(name, version);
      await mkdir(join(file, ".."), { recursive: true });
      await writeWhole(file, (unfinished) => writeFile(unfinished, String(Number(version))));
      await touch(name);
    },
    async deleteRegisteredModelAlias(name, alias) {
      await rm(aliasFile(name, alias), { force: true });
      await touch(name);
    },
    async getModelVersionDownloadUri(name, version) {
      const { meta } = await getExisting(name, version);
      return String(meta.storage_location || meta.source);
    },
  };

  /** Resolves `runs:/` and `models:/` URIs to where the files are. */
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
