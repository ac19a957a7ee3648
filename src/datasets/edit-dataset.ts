import { readNamed } from "../settings/check-options.js";
import { filledText, isDictionary, type Kind, required } from "../settings/kinds.js";
import { idOrIds, inStore } from "./datasets.js";
import { EvaluationDataset } from "./evaluation-dataset.js";
import { findDataset } from "./find-dataset.js";

const datasetId = required(filledText);

/** The options of {@link setDatasetTags}. */
export interface SetDatasetTagsOptions {
  readonly datasetId: string;
  /** Null deletes a tag. Numbers and booleans become texts. */
  readonly tags: Readonly<Record<string, string | number | boolean | null>>;
}

const tagsOrNull: Kind<SetDatasetTagsOptions["tags"]> = {
  want: "an object whose values are strings, numbers, booleans or null",
  read: (value) => {
    const entries = isDictionary(value) ? Object.entries(value) : undefined;
    const isTag = (tag: unknown) =>
      tag === null || /^(string|number|bigint|boolean)$/.test(typeof tag);
    if (!entries?.every(([, tag]) => isTag(tag))) return undefined;
    return Object.fromEntries(entries.map(([key, tag]) => [key, tag === null ? null : `${tag}`]));
  },
};

/**
 * Sets tags of a dataset, and keeps its other tags. Mirrors `mlflow.genai.datasets.set_dataset_tags`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset does not exist; INVALID_PARAMETER_VALUE for an unknown, invalid or
 * missing option.
 * @example
 * await genai.setDatasetTags({ datasetId: dataset.datasetId, tags: { reviewed: true, draft: null } });
 */
export function setDatasetTags(options: SetDatasetTagsOptions): Promise<void> {
  return inStore(async (store) => {
    const kinds = { datasetId, tags: required(tagsOrNull) };
    const given = readNamed<SetDatasetTagsOptions>("setDatasetTags()", options, kinds);
    const tags = given.tags as Readonly<Record<string, string | null>>;
    await store.setDatasetTags(given.datasetId, tags);
  });
}

/** The options of {@link deleteDatasetTag}. */
export interface DeleteDatasetTagOptions {
  readonly datasetId: string;
  readonly key: string;
}

/**
 * Deletes a tag of a dataset. Ignores one that does not exist. Mirrors `mlflow.genai.datasets.delete_dataset_tag`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * await genai.deleteDatasetTag({ datasetId: dataset.datasetId, key: "draft" });
 */
export function deleteDatasetTag(options: DeleteDatasetTagOptions): Promise<void> {
  return inStore(async (store) => {
    const kinds = { datasetId, key: required(filledText) };
    const given = readNamed<DeleteDatasetTagOptions>("deleteDatasetTag()", options, kinds);
    await store.deleteDatasetTag(given.datasetId, given.key);
  });
}

/** The options of {@link addDatasetToExperiments} and {@link removeDatasetFromExperiments}. */
export interface DatasetExperimentsOptions {
  readonly datasetId: string;
  readonly experimentIds: string | readonly string[];
}

const EXPERIMENTS = { datasetId, experimentIds: required(idOrIds) };

/**
 * Adds a dataset to the pages of more experiments. Mirrors `mlflow.genai.datasets.add_dataset_to_experiments`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset or an experiment does not exist; INVALID_PARAMETER_VALUE for an
 * unknown, invalid or missing option.
 * @example
 * const { experimentIds } = await genai.addDatasetToExperiments({ datasetId: dataset.datasetId, experimentIds: ["1", "2"] });
 */
export function addDatasetToExperiments(
  options: DatasetExperimentsOptions,
): Promise<EvaluationDataset> {
  return changeExperiments("addDatasetToExperiments", options);
}

/**
 * Removes a dataset from the pages of experiments. Ignores experiments that do not have it. Mirrors
 * `mlflow.genai.datasets.remove_dataset_from_experiments`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset does not exist; INVALID_PARAMETER_VALUE for an unknown, invalid or
 * missing option.
 * @example
 * await genai.removeDatasetFromExperiments({ datasetId: dataset.datasetId, experimentIds: "1" });
 */
export function removeDatasetFromExperiments(
  options: DatasetExperimentsOptions,
): Promise<EvaluationDataset> {
  return changeExperiments("removeDatasetFromExperiments", options);
}

function changeExperiments(
  method: "addDatasetToExperiments" | "removeDatasetFromExperiments",
  options: DatasetExperimentsOptions,
): Promise<EvaluationDataset> {
  return inStore(async (store) => {
    const caller = `${method}()`;
    const given = readNamed<DatasetExperimentsOptions>(caller, options, EXPERIMENTS);
    const { datasetId } = given;
    await store[method](datasetId, [given.experimentIds].flat());
    return new EvaluationDataset(store, await findDataset(store, caller, { datasetId }));
  });
}
