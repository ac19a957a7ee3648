import { invalidParameter, MlflowException } from "../base/errors.js";
import type { Experiment, ExperimentStore } from "../store/store.js";

/** Which experiment is meant, before anybody has looked whether it is there. */
export type ExperimentChoice =
  | { readonly by: "name"; readonly name: string }
  | { readonly by: "id"; readonly experimentId: string };

/** MLflow's own experiment, there from the start. */
export const DEFAULT_EXPERIMENT_ID = "0";

/**
 * Finds the experiment, or makes it where it is meant by name. Two processes that make it at once
 * get the same one.
 */
export async function findExperiment(
  store: ExperimentStore,
  choice: ExperimentChoice,
): Promise<Experiment> {
  const experiment =
    choice.by === "id"
      ? await findById(store, choice.experimentId)
      : await getOrCreate(store, choice.name);
  if (experiment.lifecycleStage !== "deleted") return experiment;
  throw invalidParameter(
    `Cannot set a deleted experiment '${experiment.name}' as the active experiment. You can restore ` +
      "the experiment, or permanently delete the experiment to create a new one.",
  );
}

async function findById(store: ExperimentStore, experimentId: string): Promise<Experiment> {
  const experiment = await store.getExperiment(experimentId);
  if (experiment) return experiment;
  throw new MlflowException(
    `There is no experiment with the id '${experimentId}'. Set it by name to have it made.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function getOrCreate(store: ExperimentStore, name: string): Promise<Experiment> {
  const found = await store.getExperimentByName(name);
  if (found) return found;
  try {
    await store.createExperiment(name);
  } catch (cause) {
    const isRace =
      cause instanceof MlflowException && cause.errorCode === "RESOURCE_ALREADY_EXISTS";
    if (!isRace) throw cause;
  }
  const made = await store.getExperimentByName(name);
  if (made) return made;
  throw new MlflowException(`The experiment '${name}' was made, but the store does not find it.`);
}
