import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { PlainObject } from "../../data/plain.js";
import { faultOf } from "../artifact-path.js";
import { writeWhole } from "../local-files.js";
import type { ModelRegistry, ModelVersion } from "../model-store.js";
import type { RunStore } from "../run-store.js";
import { type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import {
  readMeta,
  readRecord,
  readTextFile,
  recordToFiles,
  toYaml,
  type YamlMapping,
} from "./meta-files.js";
import { perform } from "./steps.js";
import { type FileToWrite, placeNew } from "./write-atomically.js";

const ALIASES_FOLDER = "aliases";
const VERSION_FOLDER = /^version-(\d+)$/;
/** The stage that MLflow writes for a deleted version. */
const DELETED = "Deleted_Internal";

/** The model registry of a local store, in MLflow's FileStore layout below `models/`. */
export function createRegistry(layout: Layout, runs: Pick<RunStore, "getRun">): ModelRegistry {
  const folderOf = (name: string) => join(layout.root, "models", checkModelName(name));
  const versionFolder = (name: string, version: string) =>
    join(folderOf(name), `version-${checkVersion(version)}`);
  const aliasFile = (name: string, alias: string) =>
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

  async function getExisting(name: string, version: string): Promise<StoredVersion> {
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
      const files = filesOf(registeredModelMeta(name), tags);
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
        const folder = versionFolder(name, String(version));
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

interface StoredVersion {
  readonly meta: YamlMapping;
  readonly version: ModelVersion;
}

function filesOf(meta: PlainObject, tags: Readonly<Record<string, string>>): FileToWrite[] {
  return [{ path: META_FILE, text: toYaml(meta) }, ...recordToFiles(TAGS_FOLDER, tags)];
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
  meta: YamlMapping,
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

const ALIAS = /^[\w-]{1,255}$/;
/** MLflow uses these to select a version. */
const RESERVED_ALIAS = /^(latest|v\d+)$/i;

/** MLflow's local registry uses the name as a folder's name. */
function checkModelName(name: string): string {
  const fault = /[/:%]/.test(name) ? "has '/', ':' or '%'" : faultOf(name);
  if (fault === undefined && name.trim() !== "" && Buffer.byteLength(name) <= 255) return name;
  throw invalidParameter(
    `Invalid model name ${JSON.stringify(name)}: it ${fault ?? "is empty or too long"}. Names cannot contain '/', ':' or '%'.`,
  );
}

function checkAlias(alias: string): string {
  if (!ALIAS.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  if (RESERVED_ALIAS.test(alias)) throw invalidParameter(`Alias name '${alias}' is reserved.`);
  return alias;
}

function checkVersion(version: string): string {
  if (/^\d{1,15}$/.test(version)) return String(Number(version));
  throw invalidParameter(`Parameter 'version' must be an integer, got '${version}'`);
}

function notFound(what: string): MlflowException {
  return new MlflowException(`${what} not found`, "RESOURCE_DOES_NOT_EXIST");
}
