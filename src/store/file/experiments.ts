import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { Experiment, NewExperiment } from "../store.js";
import { experimentFolder, isId, type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import { readMeta, readRecord, readYamlField, recordToFiles, toYaml } from "./meta-files.js";
import {
  exists,
  makeFolders,
  perform,
  performSync,
  readNames,
  readText,
  type Steps,
  writeNewFile,
} from "./steps.js";
import { placeNew } from "./write-atomically.js";

const DEFAULT_EXPERIMENT_ID = "0";
const DEFAULT_EXPERIMENT_NAME = "Default";
const MAX_NAME_CHARACTERS = 500;

/** An experiment with its times, in milliseconds since 1970. */
export interface Found {
  readonly experiment: Experiment;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
}

/** Returns the folder of an active experiment. Creates the experiment Default if it is missing. */
export function* openExperiment(layout: Layout, experimentId: string): Steps<string> {
  const folder = experimentFolder(layout.root, experimentId);
  if (yield* exists(join(folder, META_FILE))) return folder;
  if (yield* exists(experimentFolder(layout.trash, experimentId))) {
    throw new MlflowException(
      `Experiment ${experimentId} in ${layout.root} is deleted. To restore it, move its folder from ${layout.trash} to ${layout.root}, or choose another experiment.`,
      "INVALID_STATE",
    );
  }
  if (experimentId !== DEFAULT_EXPERIMENT_ID) {
    throw new MlflowException(
      `Experiment ${experimentId} does not exist in ${layout.root}. To create an experiment, set it by name.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  yield* placeExperiment(layout, DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME);
  return folder;
}

/** Also finds deleted experiments. Default exists even before the first trace creates its folder. */
export async function getExperiment(
  layout: Layout,
  experimentId: string,
): Promise<Experiment | undefined> {
  if (!isId(experimentId)) return undefined;
  for (const parent of [layout.root, layout.trash]) {
    const found = await readExperiment(layout, parent, experimentId);
    if (found) return found.experiment;
  }
  if (experimentId !== DEFAULT_EXPERIMENT_ID) return undefined;
  return {
    experimentId,
    name: DEFAULT_EXPERIMENT_NAME,
    artifactLocation: artifactLocation(layout, experimentId),
    lifecycleStage: "active",
    tags: {},
  };
}

/** Returns the active experiments, the newest first. */
async function listExperiments(layout: Layout): Promise<Experiment[]> {
  const active = (await readActive(layout)).sort(
    (one, other) => other.creationTime - one.creationTime,
  );
  return active.map(({ experiment }) => experiment);
}

/** With Default, which exists even before its folder does. */
export async function readActive(layout: Layout): Promise<Found[]> {
  const active = (await readExperiments(layout, layout.root)).filter(
    ({ experiment }) => experiment.lifecycleStage === "active",
  );
  if (active.some(({ experiment }) => experiment.experimentId === DEFAULT_EXPERIMENT_ID))
    return active;
  const experiment = await getExperiment(layout, DEFAULT_EXPERIMENT_ID);
  return experiment?.lifecycleStage === "active"
    ? [...active, { experiment, creationTime: 0, lastUpdateTime: 0 }]
    : active;
}

/** The deleted experiments, in no particular order. */
export async function readDeleted(layout: Layout): Promise<Found[]> {
  const all = [layout.root, layout.trash].map((parent) => readExperiments(layout, parent));
  const found = (await Promise.all(all)).flat();
  return found.filter(({ experiment }) => experiment.lifecycleStage === "deleted");
}

/** Prefers an active experiment of this name to a deleted one. */
export async function getExperimentByName(
  layout: Layout,
  name: string,
): Promise<Experiment | undefined> {
  const active = (await listExperiments(layout)).find((experiment) => experiment.name === name);
  if (active) return active;
  const deleted = await readExperiments(layout, layout.trash);
  return deleted.find(({ experiment }) => experiment.name === name)?.experiment;
}

/** If several processes create the same name at once, one succeeds and the others throw. */
export async function createExperiment(
  layout: Layout,
  name: string,
  options: NewExperiment = {},
): Promise<string> {
  await checkNewName(layout, name);
  for (let attempt = 0; ; attempt++) {
    const experimentId = idFromName(name, attempt);
    if (await perform(exists(experimentFolder(layout.trash, experimentId)))) continue;
    if (await perform(placeExperiment(layout, experimentId, name, options))) return experimentId;
    const winner = await getExperiment(layout, experimentId);
    if (winner?.name === name) throw nameTaken(layout, winner);
  }
}

/** @throws MlflowException for a wrong name, and for one that is taken. */
export async function checkNewName(layout: Layout, name: string): Promise<void> {
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_CHARACTERS) {
    throw invalidParameter(
      `An experiment name must have 1 to ${MAX_NAME_CHARACTERS} characters, got '${name}'.`,
    );
  }
  await perform(openExperiment(layout, DEFAULT_EXPERIMENT_ID));
  const existing = await getExperimentByName(layout, name);
  if (existing) throw nameTaken(layout, existing);
}

/** Returns the id of the active experiment of this name and creates it if it is missing. Used when the process exits. */
export function ensureExperimentSync(layout: Layout, name: string): string {
  performSync(openExperiment(layout, DEFAULT_EXPERIMENT_ID));
  const found = performSync(findActiveId(layout, name));
  if (found !== undefined) return found;
  const experimentId = idFromName(name, 0);
  performSync(placeExperiment(layout, experimentId, name));
  return experimentId;
}

function* findActiveId(layout: Layout, name: string): Steps<string | undefined> {
  for (const id of (yield* readNames(layout.root)).filter(isId)) {
    const meta = yield* readText(join(experimentFolder(layout.root, id), META_FILE));
    if (meta === undefined || readYamlField(meta, "lifecycle_stage") === "deleted") continue;
    if (readYamlField(meta, "name") === name) return id;
  }
  return undefined;
}

/**
 * Returns 18 digits, like MLflow's ids. Two processes that create the same experiment at once derive the same folder.
 * A higher `attempt` gives another id, for when a renamed experiment has the first one.
 */
function idFromName(name: string, attempt: number): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([name, attempt]))
    .digest();
  return String(10n ** 17n + (digest.readBigUInt64BE() % (9n * 10n ** 17n)));
}

function* placeExperiment(
  layout: Layout,
  experimentId: string,
  name: string,
  {
    artifactLocation: location = artifactLocation(layout, experimentId),
    tags = {},
  }: NewExperiment = {},
): Steps<boolean> {
  const now = Date.now();
  const meta = toYaml({
    artifact_location: location,
    creation_time: now,
    experiment_id: experimentId,
    last_update_time: now,
    lifecycle_stage: "active",
    name,
  });
  const folder = experimentFolder(layout.root, experimentId);
  if (layout.isIgnoredByGit && !(yield* exists(layout.root))) {
    yield* makeFolders(layout.root);
    yield* writeNewFile(join(layout.root, ".gitignore"), "*\n");
  }
  const files = [{ path: META_FILE, text: meta }, ...recordToFiles(TAGS_FOLDER, tags)];
  return yield* placeNew(layout.incoming, folder, files);
}

async function readExperiments(layout: Layout, parent: string): Promise<Found[]> {
  const names = await readdir(parent).catch(() => []);
  const found = await Promise.all(
    names.filter(isId).map((name) => readExperiment(layout, parent, name)),
  );
  return found.filter((one) => one !== undefined);
}

/** Returns undefined for a folder that is not a complete experiment. */
async function readExperiment(
  layout: Layout,
  parent: string,
  experimentId: string,
): Promise<Found | undefined> {
  const folder = join(parent, experimentId);
  const meta = await readMeta(folder);
  if (!meta || String(meta.experiment_id) !== experimentId || meta.name === undefined)
    return undefined;
  const isDeleted = parent === layout.trash || meta.lifecycle_stage === "deleted";
  return {
    creationTime: Number(meta.creation_time) || 0,
    lastUpdateTime: Number(meta.last_update_time) || 0,
    experiment: {
      experimentId,
      name: String(meta.name),
      artifactLocation: String(meta.artifact_location ?? artifactLocation(layout, experimentId)),
      lifecycleStage: isDeleted ? "deleted" : "active",
      tags: await readRecord(join(folder, TAGS_FOLDER)),
    },
  };
}

function artifactLocation(layout: Layout, experimentId: string): string {
  return pathToFileURL(experimentFolder(layout.root, experimentId)).href;
}

function nameTaken(layout: Layout, { name, lifecycleStage }: Experiment): MlflowException {
  const state = lifecycleStage === "deleted" ? " in deleted state" : "";
  return new MlflowException(
    `Experiment '${name}' already exists${state} in ${layout.root}.`,
    "RESOURCE_ALREADY_EXISTS",
  );
}
