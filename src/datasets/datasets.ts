import { MlflowException } from "../base/errors.js";
import { readSource } from "../context/source.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { readNamed } from "../settings/check-options.js";
import {
  dictionaryToTexts,
  filledText,
  integer,
  type Kind,
  required,
  texts,
} from "../settings/kinds.js";
import type { TrackingStore } from "../store/store.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { EvaluationDataset } from "./evaluation-dataset.js";
import { type DatasetName, findDataset } from "./find-dataset.js";

/** One id, or several. */
export const idOrIds: Kind<string | readonly string[]> = {
  want: "an id, or an array of ids",
  read: (value) => (typeof value === "string" && value !== "" ? value : texts.read(value)),
};

/** The options of {@link createDataset}. */
export interface CreateDatasetOptions {
  readonly name: string;
  /** The experiments whose page lists the dataset. Default: the active experiment. */
  readonly experimentId?: string | readonly string[];
  /** Another name of `experimentId`. */
  readonly experimentIds?: string | readonly string[];
  /** Numbers and booleans become texts. */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Creates an empty dataset. Mirrors `mlflow.genai.datasets.create_dataset`. MLflow allows several datasets with one name; only the
 * id is unique.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; and the errors of the store.
 * @example
 * const dataset = await genai.createDataset({ name: "support questions", tags: { team: "docs" } });
 * await dataset.mergeRecords([{ inputs: { question: "How do I log in?" } }]);
 */
export function createDataset(options: CreateDatasetOptions): Promise<EvaluationDataset> {
  return inStore(async (store) => {
    const { name, experimentId, tags } = readNamed<CreateDatasetOptions>(
      "createDataset()",
      options,
      { name: required(filledText), experimentId: idOrIds, experimentIds: idOrIds, tags: TAGS },
      { experimentIds: "experimentId" },
    );
    const active = () => getPipeline().tracking.current().experimentId();
    const created = await store.createDataset({
      name,
      experimentIds: [experimentId ?? (await active())].flat(),
      tags: { ...userTag(), ...(tags as Readonly<Record<string, string>>) },
    });
    return new EvaluationDataset(store, created);
  });
}

const TAGS = dictionaryToTexts as Kind<NonNullable<CreateDatasetOptions["tags"]>>;

function userTag(): Readonly<Record<string, string>> {
  const key = TraceMetadataKey.MLFLOW_USER;
  const user = readSource()[key];
  return user === undefined ? {} : { [key]: user };
}

/** The options of {@link getDataset}. */
export interface GetDatasetOptions extends DatasetName {
  /** Only datasets of Databricks have versions, so this is always an error. */
  readonly version?: number;
}

/**
 * Returns a dataset, by id or by name. Mirrors `mlflow.genai.datasets.get_dataset`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if there is no such dataset; INVALID_PARAMETER_VALUE if several datasets have the
 * name, and for an unknown or invalid option; NOT_IMPLEMENTED for a `version`.
 * @example
 * const dataset = await genai.getDataset({ name: "support questions" });
 */
export function getDataset(options: GetDatasetOptions): Promise<EvaluationDataset> {
  return inStore(async (store) => {
    const kinds = { ...NAME, version: integer };
    const given = readNamed<GetDatasetOptions>("getDataset()", options, kinds);
    if (given.version !== undefined) {
      throw new MlflowException(
        "`version` is not supported: only datasets of Databricks have versions.",
        "NOT_IMPLEMENTED",
      );
    }
    return new EvaluationDataset(store, await findDataset(store, "getDataset()", given));
  });
}

/**
 * Deletes a dataset with its records. Mirrors `mlflow.genai.datasets.delete_dataset`. Ignores an id that does not exist.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if no dataset has the name; INVALID_PARAMETER_VALUE if several datasets have it, and
 * for an unknown or invalid option.
 * @example
 * await genai.deleteDataset({ datasetId: dataset.datasetId });
 */
export function deleteDataset(options: DatasetName): Promise<void> {
  return inStore(async (store) => {
    const caller = "deleteDataset()";
    const given = readNamed<DatasetName>(caller, options, NAME);
    const { datasetId } =
      given.datasetId !== undefined && given.name === undefined
        ? given
        : await findDataset(store, caller, given);
    if (datasetId !== undefined) await store.deleteDataset(datasetId);
  });
}

const NAME = { name: filledText, datasetId: filledText };

/** Runs a request in the current store, and keeps the process alive for its result. */
export function inStore<T>(request: (store: TrackingStore) => Promise<T>): Promise<T> {
  const answer = async () => request(getPipeline().tracking.current().store);
  return hold(answer(), ANSWER_TIMEOUT_MS);
}
