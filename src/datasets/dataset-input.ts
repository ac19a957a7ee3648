import { readSource } from "../context/source.js";
import { toJson } from "../data/plain.js";
import type { StoredDataset } from "../store/dataset-store.js";
import type { Dataset } from "../store/run-store.js";
import type { RowSummary } from "./row-summary.js";

/**
 * The dataset that a run receives as its input for rows of the app. Its source is the program, as Python's
 * `mlflow.data.from_pandas` writes it, or the file at `path`.
 */
export function inputOfRows(name: string, summary: RowSummary, path?: string): Dataset {
  const { digest, profile, schema } = summary;
  return {
    name,
    digest,
    ...(path === undefined
      ? { sourceType: "code", source: toJson({ tags: readSource() }, "python") }
      : { sourceType: "local", source: toJson({ uri: path }, "python") }),
    ...(schema !== undefined && { schema }),
    profile,
  };
}

export const STORED_DATASET = "mlflow_evaluation_dataset";

/** The same for a dataset of the store, as Python writes it. */
export function inputOfDataset(dataset: StoredDataset): Dataset {
  const { name, digest, schema, profile, datasetId } = dataset;
  return {
    name,
    digest,
    sourceType: STORED_DATASET,
    source: toJson({ dataset_id: datasetId }, "python"),
    ...(schema !== undefined && { schema }),
    ...(profile !== undefined && { profile }),
  };
}
