import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import {
  IS_PROMPT,
  MODEL_STAGES,
  type ModelVersion,
  type RegisteredModel,
  type RegistryEdits,
} from "../model-store.js";
import type { EntityQuery } from "../pages.js";
import { type Layout, TAGS_FOLDER } from "./layout.js";
import { readMeta, readRecord, recordToFiles } from "./meta-files.js";
import * as query from "./query.js";
import {
  ALIASES_FOLDER,
  changeMeta,
  changeModel,
  DELETED_STAGE,
  getVersion,
  listVersions,
  modelFolder,
  notFound,
  versionFolder,
} from "./registry-files.js";
import { perform, removeFile } from "./steps.js";
import { placeOrReplace } from "./write-atomically.js";

/** Changes of the model registry of a local store, in MLflow's FileStore layout. */
export function createRegistryEdits(layout: Layout): RegistryEdits {
  const write = (folder: string, key: string, value: string) =>
    perform(placeOrReplace(layout.incoming, folder, recordToFiles(TAGS_FOLDER, { [key]: value })));
  const remove = async (folder: string, key: string) => {
    const [file] = recordToFiles(TAGS_FOLDER, { [key]: "" });
    if (file) await perform(removeFile(join(folder, file.path)));
  };
  const changeVersion = async (
    name: string,
    version: string,
    change: { readonly [field: string]: string },
  ) => {
    const { meta } = await getVersion(layout, name, version);
    await changeMeta(versionFolder(layout, name, version), meta, change);
    await changeModel(layout, name, {});
  };

  async function read(name: string): Promise<RegisteredModel | undefined> {
    const folder = modelFolder(layout, name);
    const meta = await readMeta(folder);
    return (
      meta && {
        name: String(meta.name),
        description: meta.description ? String(meta.description) : undefined,
        creationTimeMs: Number(meta.creation_timestamp) || 0,
        lastUpdateTimeMs: Number(meta.last_updated_timestamp) || 0,
        tags: await readRecord(join(folder, TAGS_FOLDER)),
        aliases: await readRecord(join(folder, ALIASES_FOLDER)),
      }
    );
  }

  async function getExisting(name: string): Promise<RegisteredModel> {
    const found = await read(name);
    if (found) return found;
    throw notFound(`Registered Model with name=${name}`);
  }

  async function listModels(): Promise<RegisteredModel[]> {
    const names = await readdir(join(layout.root, "models")).catch(() => []);
    const found = await Promise.all(names.map(read));
    return found.filter((model) => model !== undefined);
  }

  return {
    getRegisteredModel: getExisting,
    async searchRegisteredModels(search) {
      return query.pageOf(withoutPrompts(await listModels(), search), search, MODEL_RULES);
    },
    async renameRegisteredModel(name, newName) {
      await getExisting(name);
      if (await read(newName)) {
        throw new MlflowException(
          `Registered Model (name=${newName}) already exists.`,
          "RESOURCE_ALREADY_EXISTS",
        );
      }
      await rename(modelFolder(layout, name), modelFolder(layout, newName));
      await changeModel(layout, newName, { name: newName });
      for (const { version } of await listVersions(layout, newName)) {
        await changeVersion(newName, version, { name: newName });
      }
    },
    updateRegisteredModel: (name, description) => changeModel(layout, name, { description }),
    async deleteRegisteredModel(name) {
      await getExisting(name);
      // Moved away first, so that no reader sees a part of it.
      const away = join(layout.incoming, randomUUID());
      await mkdir(layout.incoming, { recursive: true });
      await rename(modelFolder(layout, name), away);
      await rm(away, { recursive: true, force: true });
    },
    async setRegisteredModelTag(name, key, value) {
      await changeModel(layout, name, {});
      await write(modelFolder(layout, name), key, value);
    },
    async deleteRegisteredModelTag(name, key) {
      await changeModel(layout, name, {});
      await remove(modelFolder(layout, name), key);
    },
    async getLatestVersions(name, stages = MODEL_STAGES) {
      await getExisting(name);
      const versions = await listVersions(layout, name);
      versions.sort((one, other) => Number(other.version) - Number(one.version));
      return stages.flatMap((stage) => {
        const latest = versions.find(({ currentStage }) => isSame(currentStage, stage));
        return latest ? [latest] : [];
      });
    },
    async searchModelVersions(search) {
      const models = await listModels();
      const versions = await Promise.all(models.map(({ name }) => listVersions(layout, name)));
      return query.pageOf(withoutPrompts(versions.flat(), search), search, VERSION_RULES);
    },
    updateModelVersion: (name, version, description) =>
      changeVersion(name, version, { description }),
    async deleteModelVersion(name, version) {
      const { aliases } = (await getVersion(layout, name, version)).version;
      await changeVersion(name, version, { current_stage: DELETED_STAGE });
      for (const alias of aliases) {
        await perform(removeFile(join(modelFolder(layout, name), ALIASES_FOLDER, alias)));
      }
    },
    async transitionModelVersionStage(name, version, stage, archiveExistingVersions) {
      await getVersion(layout, name, version);
      if (archiveExistingVersions && stage !== "Staging" && stage !== "Production") {
        throw invalidParameter(
          `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are Staging, Production.`,
        );
      }
      for (const other of archiveExistingVersions ? await listVersions(layout, name) : []) {
        if (other.currentStage !== stage || other.version === version) continue;
        await changeVersion(name, other.version, { current_stage: "Archived" });
      }
      await changeVersion(name, version, { current_stage: stage });
    },
    async setModelVersionTag(name, version, key, value) {
      await changeVersion(name, version, {});
      await write(versionFolder(layout, name, version), key, value);
    },
    async deleteModelVersionTag(name, version, key) {
      await changeVersion(name, version, {});
      await remove(versionFolder(layout, name, version), key);
    },
  };
}

/** As on servers, a search finds prompts only if its filter names their tag. */
function withoutPrompts<T extends Pick<RegisteredModel, "tags">>(
  items: readonly T[],
  { filter = "" }: EntityQuery,
): readonly T[] {
  if (filter.includes(IS_PROMPT)) return items;
  return items.filter(({ tags }) => tags[IS_PROMPT] !== "true");
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const TEXT = [...query.EQUALITY, ...query.PATTERN];
const NUMBER = [...query.EQUALITY, ...query.ORDER];

const MODEL_KEYS: query.QueryKeys<RegisteredModel> = {
  find(scope, name) {
    if (/^tags?$/.test(scope)) {
      return { kind: "text", operators: TEXT, read: ({ tags }) => query.own(tags, name) };
    }
    if (!/^attributes?$/.test(scope)) return undefined;
    if (name === "name") return { kind: "text", operators: TEXT, read: (model) => model.name };
    if (!/^(last_updated_)?timestamp$/.test(name)) return undefined;
    return { kind: "number", operators: NUMBER, read: (model) => model.lastUpdateTimeMs };
  },
  supported: "name and tags.<key> with =, !=, LIKE or ILIKE and 'text'",
  sortable: "name or last_updated_timestamp",
};

const MODEL_RULES: query.ListRules<RegisteredModel> = {
  keys: MODEL_KEYS,
  lastOrder: (one, other) => query.compareValues(one.name, other.name),
  idOf: ({ name }) => name,
  defaultMaxResults: 100,
  greatestMaxResults: 1000,
};

const VERSION_TEXTS: Readonly<Record<string, (version: ModelVersion) => string | undefined>> = {
  name: ({ name }) => name,
  run_id: ({ runId }) => runId,
  source_path: ({ source }) => source,
};

const VERSION_KEYS: query.QueryKeys<ModelVersion> = {
  find(scope, name) {
    if (/^tags?$/.test(scope)) {
      return { kind: "text", operators: TEXT, read: ({ tags }) => query.own(tags, name) };
    }
    if (!/^attributes?$/.test(scope)) return undefined;
    if (/^version(_number)?$/.test(name)) {
      return { kind: "number", operators: NUMBER, read: ({ version }) => Number(version) };
    }
    const read = query.own(VERSION_TEXTS, name);
    return read && { kind: "text", operators: [...TEXT, "IN"], read };
  },
  supported:
    "name, run_id, source_path and tags.<key> with =, !=, LIKE or ILIKE and 'text', and version_number with =, !=, <, <=, > or >= and a number",
  sortable: "name, run_id, source_path or version_number",
};

const VERSION_RULES: query.ListRules<ModelVersion> = {
  keys: VERSION_KEYS,
  lastOrder: (one, other) =>
    query.compareValues(one.name, other.name) || Number(other.version) - Number(one.version),
  idOf: ({ name, version }) => `${name}/${version}`,
  defaultMaxResults: 10_000,
  greatestMaxResults: 200_000,
};
