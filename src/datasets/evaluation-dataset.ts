import { MlflowException } from "../base/errors.js";
import { attempt } from "../base/show.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { checkArgument } from "../settings/check-options.js";
import { texts } from "../settings/kinds.js";
import type { DatasetRecord, StoredDataset } from "../store/dataset-store.js";
import { type Search, searchBy } from "../store/search.js";
import type { TrackingStore } from "../store/store.js";
import type { EvaluationRow } from "./evaluation-row.js";
import type { RowData } from "./open-rows.js";

/** The records of one page. */
const PAGE_RECORDS = 200;

const stores = new WeakMap<EvaluationDataset, TrackingStore>();

/**
 * A dataset in the store: inputs, and what is expected of the outputs. Its fields are those of the time at which it was read, or
 * changed through this object. Its records are read when they are needed. Mirrors `mlflow.genai.datasets.EvaluationDataset`.
 */
export class EvaluationDataset implements StoredDataset {
  declare readonly datasetId: string;
  declare readonly name: string;
  declare readonly digest: string;
  declare readonly schema: string | undefined;
  declare readonly profile: string | undefined;
  declare readonly tags: Readonly<Record<string, string>>;
  declare readonly experimentIds: readonly string[];
  declare readonly createdTimeMs: number;
  declare readonly lastUpdateTimeMs: number;
  declare readonly createdBy: string | undefined;
  declare readonly lastUpdatedBy: string | undefined;

  /** @internal */
  constructor(store: TrackingStore, fields: StoredDataset) {
    Object.assign(this, fields);
    stores.set(this, store);
  }

  /**
   * Adds records. A record with the same inputs as a stored one updates that: its outputs are replaced, and its expectations and
   * tags are merged. So the same call can be repeated. Mirrors `EvaluationDataset.merge_records`.
   *
   * @param data an array or an (async) iterable of rows `{ inputs, outputs, expectations, tags, source }`, or of traces that
   * `searchTraces()` or `getTrace()` returned, or the path of a `.json`, `.jsonl` or `.csv` file. The record of a trace has the
   * inputs and outputs of its root span, and the trace's expectations. An array or a file is checked before anything is stored.
   * @returns this object, with the fields after the merge.
   * @throws MlflowException INVALID_PARAMETER_VALUE for a wrong row, with its place. RESOURCE_DOES_NOT_EXIST if the dataset was deleted.
   * @example
   * await dataset.mergeRecords([{ inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } }]);
   * await dataset.mergeRecords(mlflow.searchTraces({ filter: "attributes.status = 'OK'" }));
   */
  async mergeRecords(data: RowData): Promise<this> {
    const store = storeOf(this, "mergeRecords");
    const work = async () => {
      const { mergeRecords } = await import("./merge-records.js");
      await mergeRecords(store, this.datasetId, data);
      return this.#refresh(store);
    };
    return hold(work(), MAX_TIMER_MS);
  }

  /**
   * Deletes records by their ids. Ignores ids that do not exist. Mirrors `EvaluationDataset.delete_records`.
   *
   * @returns the number of records that were deleted.
   * @throws MlflowException INVALID_PARAMETER_VALUE if `recordIds` is not an array of texts.
   * @example
   * for await (const { recordId, tags } of dataset.records()) if (tags.old) await dataset.deleteRecords([recordId]);
   */
  async deleteRecords(recordIds: readonly string[]): Promise<number> {
    const store = storeOf(this, "deleteRecords");
    const ids = checkArgument("EvaluationDataset.deleteRecords()", "recordIds", texts, recordIds);
    const work = async () => {
      const count = await store.deleteDatasetRecords(this.datasetId, ids);
      await this.#refresh(store);
      return count;
    };
    return hold(work(), MAX_TIMER_MS);
  }

  /**
   * Returns the records, in the order in which they were added. `for await` reads them page by page; `page()` returns one page. The
   * `records` of Python.
   *
   * @example
   * for await (const { recordId, inputs } of dataset.records()) console.log(recordId, inputs);
   */
  records(): Search<DatasetRecord> {
    const store = storeOf(this, "records");
    const read = (pageToken?: string) =>
      hold(
        store.readDatasetRecords(this.datasetId, {
          maxResults: PAGE_RECORDS,
          ...(pageToken !== undefined && { pageToken }),
        }),
        MAX_TIMER_MS,
      );
    return searchBy("records", read, { idOf: ({ recordId }) => recordId });
  }

  /**
   * Returns the records as rows for `genai.evaluate()`, which are read page by page. The `to_df` of Python.
   *
   * @example
   * for await (const { inputs, expectations } of dataset.toRows()) console.log(inputs, expectations);
   */
  toRows(): AsyncIterable<EvaluationRow> {
    const records = this.records();
    return {
      async *[Symbol.asyncIterator]() {
        for await (const record of records) yield rowOf(record);
      },
    };
  }

  async #refresh(store: TrackingStore): Promise<this> {
    const fields = await store.getDataset(this.datasetId);
    return fields ? Object.assign(this, fields) : this;
  }
}

/** Also recognizes a dataset of another copy of this package. */
export function isEvaluationDataset(value: unknown): value is EvaluationDataset {
  const is = attempt(() => {
    const { datasetId, toRows } = Object(value);
    return typeof datasetId === "string" && typeof toRows === "function";
  });
  return is === true;
}

function storeOf(dataset: EvaluationDataset, method: string): TrackingStore {
  const store = stores.get(dataset);
  if (store) return store;
  throw new MlflowException(
    `Call EvaluationDataset.${method}() on a dataset that getDataset() or createDataset() returned.`,
    "INVALID_PARAMETER_VALUE",
  );
}

function rowOf({ inputs, outputs, expectations, tags, source }: DatasetRecord): EvaluationRow {
  return {
    inputs,
    ...(outputs !== undefined && { outputs }),
    ...(expectations && { expectations }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(source && { source }),
  };
}
