import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { type PlainObject, toJson } from "../../data/plain.js";
import { TraceMetadataKey } from "../../trace/trace.js";
import { inputsKeyOf, mergeRecord } from "../dataset-records.js";
import type {
  DatasetQuery,
  DatasetRecord,
  DatasetStore,
  NewDatasetRecord,
  RecordCounts,
  RecordQuery,
  StoredDataset,
} from "../dataset-store.js";
import { writeWhole } from "../local-files.js";
import type { Page } from "../pages.js";
import { DatasetLog, isSameRecord, recordEntry } from "./dataset-log.js";
import type { DatasetState } from "./dataset-state.js";
import { getExperiment, openExperiment } from "./experiments.js";
import type { Layout } from "./layout.js";
import { parsePageToken, toPageToken } from "./query.js";
import { searchDatasets } from "./search-datasets.js";
import { perform } from "./steps.js";
import { toException } from "./verdicts.js";

const DATASET_ID = /^d-[0-9a-f]{32}$/;
/** What is known of so many datasets stays in memory. */
const MAX_OPEN = 64;

/** The evaluation datasets of a local store, a file for each. MLflow's FileStore has none, and ignores the folder. */
export function createDatasetStore(layout: Layout): DatasetStore {
  return new FileDatasets(layout).methods;
}

class FileDatasets {
  readonly #layout: Layout;
  readonly #logs = new Map<string, DatasetLog>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  get methods(): DatasetStore {
    return {
      createDataset: (dataset) => this.#write(() => this.#create(dataset)),
      getDataset: async (datasetId) => (await this.#find(datasetId))?.dataset,
      deleteDataset: (datasetId) => this.#write(() => this.#delete(datasetId)),
      searchDatasets: (query) => this.#search(query),
      setDatasetTags: (datasetId, tags) => this.#append(datasetId, { tags }),
      deleteDatasetTag: (datasetId, key) => this.#append(datasetId, { tags: { [key]: null } }),
      addDatasetToExperiments: (datasetId, ids) => this.#addTo(datasetId, ids),
      removeDatasetFromExperiments: (datasetId, ids) => this.#removeFrom(datasetId, ids),
      upsertDatasetRecords: (datasetId, records) =>
        this.#write(() => this.#upsert(datasetId, records)),
      readDatasetRecords: (datasetId, query) => this.#readRecords(datasetId, query),
      deleteDatasetRecords: (datasetId, ids) => this.#deleteRecords(datasetId, ids),
    };
  }

  async #create({ name, experimentIds, tags }: Parameters<DatasetStore["createDataset"]>[0]) {
    const datasetId = `d-${randomUUID().replaceAll("-", "")}`;
    const now = Date.now();
    const user = tags[TraceMetadataKey.MLFLOW_USER];
    const dataset = {
      ...{ dataset_id: datasetId, name, tags, experiment_ids: experimentIds },
      ...{ created_time: now, created_by: user },
    };
    // The first write of an app creates the store.
    await perform(openExperiment(this.#layout, "0"));
    await mkdir(this.#layout.datasets, { recursive: true });
    await writeWhole(this.#fileOf(datasetId), (unfinished) =>
      writeFile(unfinished, `${toJson({ dataset, time: now })}\n`),
    );
    return (await this.#get(datasetId)).dataset;
  }

  async #delete(datasetId: string): Promise<void> {
    if (!DATASET_ID.test(datasetId)) return;
    await rm(this.#fileOf(datasetId), { force: true });
    this.#logs.delete(datasetId);
  }

  async #search(query: DatasetQuery): Promise<Page<StoredDataset>> {
    const names = await readdir(this.#layout.datasets).catch(() => []);
    const found: StoredDataset[] = [];
    for (const name of names) {
      const state = await this.#find(name.replace(/\.jsonl$/, ""));
      if (state) found.push(state.dataset);
    }
    return searchDatasets(found, query);
  }

  async #addTo(datasetId: string, ids: readonly string[]): Promise<void> {
    await this.#get(datasetId);
    for (const id of ids) {
      if (await getExperiment(this.#layout, id)) continue;
      throw new MlflowException(`No Experiment with id=${id}`, "RESOURCE_DOES_NOT_EXIST");
    }
    await this.#append(datasetId, { experiments: { add: ids }, time: Date.now() });
  }

  async #removeFrom(datasetId: string, ids: readonly string[]): Promise<void> {
    const { experimentIds } = (await this.#get(datasetId)).dataset;
    for (const id of ids) {
      if (experimentIds.includes(id)) continue;
      const message = `Dataset '${datasetId}' was not associated with experiment '${id}'`;
      warnOnce(message, message);
    }
    await this.#append(datasetId, { experiments: { remove: ids }, time: Date.now() });
  }

  async #upsert(datasetId: string, records: readonly NewDatasetRecord[]): Promise<RecordCounts> {
    const known = (await this.#get(datasetId)).records;
    const log = this.#logOf(datasetId);
    const ids = records.map((added) => recordIdOf(datasetId, added));
    const merged = new Map<string, DatasetRecord>();
    const existing = [...new Set(ids)].flatMap((id) => {
      const places = known.get(id);
      return places ? [[id, places] as const] : [];
    });
    for (const record of await log.readRecords(existing)) merged.set(record.recordId, record);
    const entries: PlainObject[] = [];
    const now = Date.now();
    let inserted = 0;
    for (const [index, added] of records.entries()) {
      const recordId = ids[index] ?? "";
      const stored = merged.get(recordId);
      const record = mergeRecord(stored, added, recordId, now);
      if (!stored) inserted += 1;
      // A merge without a change is not written, so that a merge that runs every day does not grow the file.
      if (!stored || !isSameRecord(stored, record)) {
        entries.push(recordEntry(added, recordId, now));
      }
      merged.set(recordId, record);
    }
    await log.append(entries);
    return { inserted, updated: records.length - inserted };
  }

  async #readRecords(
    datasetId: string,
    { maxResults, pageToken }: RecordQuery,
  ): Promise<Page<DatasetRecord>> {
    const state = await this.#get(datasetId);
    // A token is right also after the last record of its page was deleted.
    const after = parsePageToken(pageToken)?.position ?? -1;
    const found = state.recordsAfter(after, maxResults + 1);
    const page = found.slice(0, maxResults);
    const items = await this.#logOf(datasetId).readRecords(page);
    const [id, [last] = []] = page.at(-1) ?? [];
    if (id === undefined || last === undefined || page.length === found.length) return { items };
    return { items, nextPageToken: toPageToken({ position: last.offset, id }) };
  }

  async #deleteRecords(datasetId: string, ids: readonly string[]): Promise<number> {
    const { records } = await this.#get(datasetId);
    const deleted = [...new Set(ids)].filter((id) => records.has(id));
    if (deleted.length > 0) await this.#append(datasetId, { deleted, time: Date.now() });
    return deleted.length;
  }

  async #append(datasetId: string, entry: PlainObject): Promise<void> {
    await this.#get(datasetId);
    await this.#write(() => this.#logOf(datasetId).append([entry]));
  }

  /** Undefined if the dataset does not exist. */
  async #find(datasetId: string): Promise<DatasetState | undefined> {
    if (!DATASET_ID.test(datasetId)) return undefined;
    return this.#logOf(datasetId).read();
  }

  async #get(datasetId: string): Promise<DatasetState> {
    const state = await this.#find(datasetId);
    if (state) return state;
    throw new MlflowException(
      `Evaluation dataset with id '${datasetId}' not found`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }

  /** The dataset that was used last is the last in the map. */
  #logOf(datasetId: string): DatasetLog {
    const log = this.#logs.get(datasetId) ?? new DatasetLog(this.#fileOf(datasetId));
    this.#logs.delete(datasetId);
    this.#logs.set(datasetId, log);
    const [oldest] = this.#logs.keys();
    if (this.#logs.size > MAX_OPEN && oldest !== undefined) this.#logs.delete(oldest);
    return log;
  }

  #fileOf(datasetId: string): string {
    return join(this.#layout.datasets, `${datasetId}.jsonl`);
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw toException(this.#layout, cause);
    }
  }
}

/** The same for the same inputs: two processes that add them at the same time add one record. */
function recordIdOf(datasetId: string, { inputs }: NewDatasetRecord): string {
  const key = createHash("sha256")
    .update(`${datasetId}:${inputsKeyOf(inputs)}`)
    .digest("hex");
  return `dr-${key.slice(0, 32)}`;
}
