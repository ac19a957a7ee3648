import type { Plain, PlainObject } from "../data/plain.js";
import type { EntityQuery, Page } from "./pages.js";

/** Where a record of a dataset comes from. */
export const DatasetRecordSourceType = {
  UNSPECIFIED: "UNSPECIFIED",
  TRACE: "TRACE",
  HUMAN: "HUMAN",
  DOCUMENT: "DOCUMENT",
  CODE: "CODE",
} as const;
export type DatasetRecordSourceType =
  (typeof DatasetRecordSourceType)[keyof typeof DatasetRecordSourceType];

/** Where a record of a dataset comes from. Mirrors `mlflow.entities.DatasetRecordSource`. */
export interface DatasetRecordSource {
  readonly sourceType: DatasetRecordSourceType;
  /** For example `{ trace_id: "tr-…" }`. */
  readonly sourceData: PlainObject;
}

/** The fields that a record receives. */
export interface NewDatasetRecord {
  readonly inputs: PlainObject;
  readonly outputs?: Plain;
  readonly expectations?: PlainObject;
  readonly tags?: Readonly<Record<string, string>>;
  readonly source?: DatasetRecordSource;
}

/** One record of a dataset, in its stored form. */
export interface DatasetRecord extends NewDatasetRecord {
  /** `dr-` and 32 hexadecimal digits. */
  readonly recordId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createdTimeMs: number;
  readonly lastUpdateTimeMs: number;
  readonly createdBy?: string;
  readonly lastUpdatedBy?: string;
}

/** A dataset without its records. */
export interface StoredDataset {
  /** `d-` and 32 hexadecimal digits. */
  readonly datasetId: string;
  readonly name: string;
  /** Identifies a version of the dataset. */
  readonly digest: string;
  /** JSON text with the fields of the records and their types. Undefined before the first record. */
  readonly schema: string | undefined;
  /** JSON text such as `{"num_records": 2}`. Undefined before the first record. */
  readonly profile: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly experimentIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdTimeMs: number;
  readonly lastUpdateTimeMs: number;
  readonly createdBy: string | undefined;
  readonly lastUpdatedBy: string | undefined;
}

export interface NewDataset {
  readonly name: string;
  readonly experimentIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface DatasetQuery extends EntityQuery {
  /** Default: all experiments. */
  readonly experimentIds?: readonly string[];
}

export interface RecordQuery {
  readonly maxResults: number;
  readonly pageToken?: string;
}

/** How many records a request has changed. */
export interface RecordCounts {
  readonly inserted: number;
  readonly updated: number;
}

/**
 * Evaluation datasets. Methods that change a dataset throw RESOURCE_DOES_NOT_EXIST if it does not exist, except those for records,
 * because a server does not check that.
 */
export interface DatasetStore {
  createDataset(dataset: NewDataset): Promise<StoredDataset>;
  /** Undefined if it does not exist. */
  getDataset(datasetId: string): Promise<StoredDataset | undefined>;
  /** Ignores a dataset that does not exist. */
  deleteDataset(datasetId: string): Promise<void>;
  searchDatasets(query: DatasetQuery): Promise<Page<StoredDataset>>;
  /** Null removes a tag. */
  setDatasetTags(datasetId: string, tags: Readonly<Record<string, string | null>>): Promise<void>;
  /** Ignores a tag that does not exist. */
  deleteDatasetTag(datasetId: string, key: string): Promise<void>;
  addDatasetToExperiments(datasetId: string, experimentIds: readonly string[]): Promise<void>;
  removeDatasetFromExperiments(datasetId: string, experimentIds: readonly string[]): Promise<void>;
  /**
   * Adds records. A record with the same inputs as a stored one updates that: its outputs are replaced, its expectations and
   * tags are merged.
   */
  upsertDatasetRecords(
    datasetId: string,
    records: readonly NewDatasetRecord[],
  ): Promise<RecordCounts>;
  /** One page of records, in the order in which they were added. */
  readDatasetRecords(datasetId: string, query: RecordQuery): Promise<Page<DatasetRecord>>;
  /** Returns the number of records that were deleted. */
  deleteDatasetRecords(datasetId: string, recordIds: readonly string[]): Promise<number>;
}
