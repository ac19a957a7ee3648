import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { PlainObject } from "../../data/plain.js";
import { faultOf } from "../artifact-path.js";
import { writeWhole } from "../local-files.js";
import type { ModelVersion } from "../model-store.js";
import { type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import { readMeta, readRecord, recordToFiles, toYaml, type YamlMapping } from "./meta-files.js";
import type { FileToWrite } from "./write-atomically.js";

export const ALIASES_FOLDER = "aliases";
const VERSION_FOLDER = /^version-(\d+)$/;
/** The stage that MLflow writes for a deleted version. */
export const DELETED_STAGE = "Deleted_Internal";

export function modelFolder(layout: Layout, name: string): string {
  return join(layout.root, "models", checkModelName(name));
}

export function versionFolder(layout: Layout, name: string, version: string): string {
  return join(modelFolder(layout, name), `version-${checkVersion(version)}`);
}

/** Returns undefined if the version does not exist, or is deleted. */
export async function readVersion(
  layout: Layout,
  name: string,
  version: string,
): Promise<StoredVersion | undefined> {
  const folder = versionFolder(layout, name, version);
  const meta = await readMeta(folder);
  if (!meta || meta.current_stage === DELETED_STAGE) return undefined;
  const aliases = await readRecord(join(modelFolder(layout, name), ALIASES_FOLDER));
  const mine = Object.keys(aliases).filter((alias) => Number(aliases[alias]) === Number(version));
  const tags = await readRecord(join(folder, TAGS_FOLDER));
  return { meta, version: versionOf(meta, mine.sort(), tags) };
}

/** @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
export async function getVersion(
  layout: Layout,
  name: string,
  version: string,
): Promise<StoredVersion> {
  const found = await readVersion(layout, name, version);
  if (found) return found;
  throw notFound(`Model Version (name=${name}, version=${version})`);
}

/** The versions that are not deleted. */
export async function listVersions(layout: Layout, name: string): Promise<ModelVersion[]> {
  const numbers = await versionsIn(modelFolder(layout, name));
  const found = await Promise.all(
    numbers.map((number) => readVersion(layout, name, String(number))),
  );
  return found.flatMap((stored) => (stored ? [stored.version] : []));
}

/** Changes fields of a registered model, and its time. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
export async function changeModel(
  layout: Layout,
  name: string,
  change: PlainObject,
): Promise<void> {
  const folder = modelFolder(layout, name);
  const meta = await readMeta(folder);
  if (!meta) throw notFound(`Registered Model with name=${name}`);
  await changeMeta(folder, meta, change);
}

/** Changes fields of a `meta.yaml`, and its time. */
export async function changeMeta(
  folder: string,
  meta: YamlMapping,
  change: PlainObject,
): Promise<void> {
  const text = toYaml({ ...(meta as PlainObject), last_updated_timestamp: Date.now(), ...change });
  await writeWhole(join(folder, META_FILE), (unfinished) => writeFile(unfinished, text));
}

export interface StoredVersion {
  readonly meta: YamlMapping;
  readonly version: ModelVersion;
}

export function filesOf(meta: PlainObject, tags: Readonly<Record<string, string>>): FileToWrite[] {
  return [{ path: META_FILE, text: toYaml(meta) }, ...recordToFiles(TAGS_FOLDER, tags)];
}

export async function versionsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const [, version] = VERSION_FOLDER.exec(name) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}

export function registeredModelMeta(name: string, description: string | undefined): PlainObject {
  const now = Date.now();
  return {
    creation_timestamp: now,
    deployment_job_id: null,
    deployment_job_state: null,
    description: description ?? null,
    last_updated_timestamp: now,
    name,
    workspace: "default",
  };
}

export function versionMeta(version: {
  readonly name: string;
  readonly version: number;
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
  readonly description: string | undefined;
}): PlainObject {
  const now = Date.now();
  return {
    creation_timestamp: now,
    current_stage: "None",
    deployment_job_state: null,
    description: version.description ?? null,
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
    currentStage: optional(meta.current_stage) ?? "None",
    description: optional(meta.description),
    creationTimestampMs: Number(meta.creation_timestamp) || 0,
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

export function checkAlias(alias: string): string {
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

export function notFound(what: string): MlflowException {
  return new MlflowException(`${what} not found`, "RESOURCE_DOES_NOT_EXIST");
}
