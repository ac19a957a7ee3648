import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { Experiment } from "../store.js";
import { experimentFolder, isId, type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import { parseYaml, toYaml } from "./meta-yaml.js";
import { readRecord } from "./record-files.js";
import { exists, perform, performSync, type Steps } from "./steps.js";
import { readText } from "./trace-files.js";
import { placeNew } from "./write-atomically.js";

const DEFAULT_EXPERIMENT_ID = "0";
const DEFAULT_EXPERIMENT_NAME = "Default";
const MAX_NAME_CHARACTERS = 500;

interface Found {
  readonly experiment: Experiment;
  readonly creationTime: number;
}

/** The folder of an experiment that traces may be written to. Makes Default when it is not there. */
export function* openExperiment(layout: Layout, experimentId: string): Steps<string> {
  const folder = experimentFolder(layout.root, experimentId);
  if (yield* exists(join(folder, META_FILE))) return folder;
  if (yield* exists(experimentFolder(layout.trash, experimentId))) {
    throw new MlflowException(
      `Experiment ${experimentId} in ${layout.root} is deleted. Move its folder out of ${layout.trash} or choose another experiment.`,
      "INVALID_STATE",
    );
  }
  if (experimentId !== DEFAULT_EXPERIMENT_ID) {
    throw new MlflowException(
      `There is no experiment ${experimentId} in ${layout.root}. Set the experiment by name to have it made.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  yield* placeExperiment(layout, DEFAULT_EXPERIMENT_ID, DEFAULT_EXPERIMENT_NAME);
  return folder;
}

/** Deleted ones too. Default is there even before its first trace makes it. */
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

/** Active ones, newest first. */
export async function listExperiments(layout: Layout): Promise<Experiment[]> {
  const active = (await readExperiments(layout, layout.root))
    .filter(({ experiment }) => experiment.lifecycleStage === "active")
    .sort((one, other) => other.creationTime - one.creationTime)
    .map(({ experiment }) => experiment);
  const byDefault = await getExperiment(layout, DEFAULT_EXPERIMENT_ID);
  const isListed = active.some(({ experimentId }) => experimentId === DEFAULT_EXPERIMENT_ID);
  return byDefault?.lifecycleStage === "active" && !isListed ? [...active, byDefault] : active;
}

/** An active one if there is one of that name, else a deleted one. */
export async function getExperimentByName(
  layout: Layout,
  name: string,
): Promise<Experiment | undefined> {
  const active = (await listExperiments(layout)).find((experiment) => experiment.name === name);
  if (active) return active;
  const deleted = await readExperiments(layout, layout.trash);
  return deleted.find(({ experiment }) => experiment.name === name)?.experiment;
}

/** Makes an experiment; of several processes that ask for the same name at once, one succeeds. */
export async function createExperiment(layout: Layout, name: string): Promise<string> {
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_CHARACTERS) {
    throw invalidParameter(
      `An experiment name has 1 to ${MAX_NAME_CHARACTERS} characters, got '${name}'.`,
    );
  }
  await perform(openExperiment(layout, DEFAULT_EXPERIMENT_ID));
  const existing = await getExperimentByName(layout, name);
  if (existing) throw nameTaken(layout, existing);
  for (let attempt = 0; ; attempt++) {
    const experimentId = idFromName(name, attempt);
    if (await perform(exists(experimentFolder(layout.trash, experimentId)))) continue;
    if (await perform(placeExperiment(layout, experimentId, name))) return experimentId;
    const winner = await getExperiment(layout, experimentId);
    if (winner?.name === name) throw nameTaken(layout, winner);
  }
}

/**
 * The experiment of this name, made if need be, in the last moment of a process: the id follows from
 * the name, so nothing is searched. One that has the name under another id is not found.
 */
export function ensureExperimentSync(layout: Layout, name: string): string {
  const experimentId = idFromName(name, 0);
  performSync(openExperiment(layout, DEFAULT_EXPERIMENT_ID));
  performSync(placeExperiment(layout, experimentId, name));
  return experimentId;
}

/**
 * 18 digits, as MLflow's. They come from the name, so that processes that make the same experiment at
 * once meet in the same folder; `attempt` steps aside where that one holds a renamed experiment.
 */
function idFromName(name: string, attempt: number): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([name, attempt]))
    .digest();
  return String(10n ** 17n + (digest.readBigUInt64BE() % (9n * 10n ** 17n)));
}

function placeExperiment(layout: Layout, experimentId: string, name: string): Steps<boolean> {
  const now = Date.now();
  const meta = toYaml({
    artifact_location: artifactLocation(layout, experimentId),
    creation_time: now,
    experiment_id: experimentId,
    last_update_time: now,
    lifecycle_stage: "active",
    name,
  });
  const folder = experimentFolder(layout.root, experimentId);
  return placeNew(layout.incoming, folder, [{ path: META_FILE, text: meta }]);
}

async function readExperiments(layout: Layout, parent: string): Promise<Found[]> {
  const names = await readdir(parent).catch(() => []);
  const found = await Promise.all(
    names.filter(isId).map((name) => readExperiment(layout, parent, name)),
  );
  return found.filter((one) => one !== undefined);
}

/** Undefined for a folder that is not an experiment, or not a whole one. */
async function readExperiment(
  layout: Layout,
  parent: string,
  experimentId: string,
): Promise<Found | undefined> {
  const folder = join(parent, experimentId);
  const text = await readText(join(folder, META_FILE));
  const meta = text === undefined ? undefined : await parseYaml(text);
  if (!meta || String(meta.experiment_id) !== experimentId || meta.name === undefined)
    return undefined;
  const isDeleted = parent === layout.trash || meta.lifecycle_stage === "deleted";
  return {
    creationTime: Number(meta.creation_time) || 0,
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
