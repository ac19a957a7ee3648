import { invalidParameter, MlflowException } from "../base/errors.js";
import type { Experiment, ExperimentStore } from "../store/store.js";

/** The requests that find or create an experiment. */
type ExperimentSource = Pick<
  ExperimentStore,
  "getExperiment" | "getExperimentByName" | "createExperiment"
>;

/** The chosen experiment, which may not exist. */
export type ExperimentChoice =
  | {
      readonly by: "name";
      readonly name: string;
      /** `MLFLOW_EXPERIMENT_ID`, if it is set beside the name: the experiment must have this id. */
      readonly requiredId?: string;
    }
  | { readonly by: "id"; readonly experimentId: string };

/** The id of MLflow's own experiment, `Default`. */
export const DEFAULT_EXPERIMENT_ID = "0";

/**
 * Finds the experiment. One that is chosen by name is created if it does not exist; two processes that create it at
 * the same time get the same one.
 */
export async function findExperiment(
  store: ExperimentSource,
  choice: ExperimentChoice,
): Promise<Experiment> {
  const experiment =
    choice.by === "id"
      ? await findById(store, choice.experimentId)
      : await getOrCreate(store, choice.name);
  checkRequiredId(choice, experiment.experimentId);
  if (experiment.lifecycleStage !== "deleted") return experiment;
  throw invalidParameter(
    `Cannot set a deleted experiment '${experiment.name}' as the active experiment. You can restore ` +
      "the experiment, or permanently delete the experiment to create a new one.",
  );
}

/**
 * Throws Python's error if MLFLOW_EXPERIMENT_NAME and MLFLOW_EXPERIMENT_ID name different experiments.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE.
 */
export function checkRequiredId(choice: ExperimentChoice, experimentId: string): void {
  if (choice.by === "id" || choice.requiredId === undefined) return;
  if (choice.requiredId === experimentId) return;
  throw invalidParameter(
    `The provided MLFLOW_EXPERIMENT_ID environment variable value \`${choice.requiredId}\` does not match the ` +
      `experiment id \`${experimentId}\` for experiment name \`${choice.name}\`. Unset one of MLFLOW_EXPERIMENT_ID ` +
      "and MLFLOW_EXPERIMENT_NAME.",
  );
}

async function findById(store: ExperimentSource, experimentId: string): Promise<Experiment> {
  const experiment = await store.getExperiment(experimentId);
  if (experiment) return experiment;
  throw new MlflowException(
    `No experiment with the id '${experimentId}' exists. To create an experiment, set it by name.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

async function getOrCreate(store: ExperimentSource, name: string): Promise<Experiment> {
  const found = await store.getExperimentByName(name);
  if (found) return found;
  try {
    await store.createExperiment(name);
  } catch (cause) {
    const isRace =
      cause instanceof MlflowException && cause.errorCode === "RESOURCE_ALREADY_EXISTS";
    if (!isRace) throw cause;
  }
  const created = await store.getExperimentByName(name);
  if (created) return created;
  throw new MlflowException(
    `The experiment '${name}' was created, but the store does not return it.`,
  );
}
