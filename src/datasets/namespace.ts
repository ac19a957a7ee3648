/** The contents of `mlflow.genai` that come from this folder. */
import type { EvaluationDataset as Dataset } from "./evaluation-dataset.js";

export type { DatasetRecord, DatasetRecordSource } from "../store/dataset-store.js";
export {
  type CreateDatasetOptions,
  createDataset,
  deleteDataset,
  type GetDatasetOptions,
  getDataset,
} from "./datasets.js";
export {
  addDatasetToExperiments,
  type DatasetExperimentsOptions,
  type DeleteDatasetTagOptions,
  deleteDatasetTag,
  removeDatasetFromExperiments,
  type SetDatasetTagsOptions,
  setDatasetTags,
} from "./edit-dataset.js";
export type { EvaluationRow, EvaluationRowInput } from "./evaluation-row.js";
export type { RowData, RowList } from "./open-rows.js";
export {
  type DatasetSearch,
  type SearchDatasetsOptions,
  searchDatasets,
} from "./search-datasets.js";

/** A dataset that `createDataset()`, `getDataset()` or `searchDatasets()` returned. The class itself is not exported. */
export type EvaluationDataset = Dataset;
