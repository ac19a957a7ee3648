import { createHash } from "node:crypto";
import { messageOf } from "../base/errors.js";
import { findExperiment } from "../delivery/experiment.js";
import type { DatasetRecord, StoredDataset } from "../store/dataset-store.js";
import { collectPages, pagesOf } from "../store/pages.js";
import type { TrackingStore } from "../store/store.js";
import type { SentTraces } from "../tracing/sent-traces.js";
import { datasetsOfName } from "./find-dataset.js";
import { batchesOf } from "./record-batches.js";

export interface PushDatasetsOptions {
  readonly from: TrackingStore;
  readonly to: TrackingStore;
  /** Datasets in it are not sent again, if they have not changed and the target still has them. */
  readonly sent?: SentTraces;
  /** Ends the push after the batch that is being sent. */
  readonly signal?: AbortSignal;
}

export interface PushDatasetsResult {
  readonly total: number;
  /** The number of datasets that are in the target, including those that were already there. */
  readonly stored: number;
  /** The number of datasets that an earlier push had sent, and that have not changed since. */
  readonly skipped: number;
  /** The datasets that are not in the target, or not complete, each with the reason. */
  readonly failed: readonly { readonly datasetId: string; readonly reason: string }[];
}

/** Names the dataset in the target that was created for a local one. MLflow chooses the id there. */
const ORIGIN_TAG = "langchain-mlflow.datasetId";
const PAGE_RECORDS = 200;

/**
 * Copies the datasets of a store to the experiments of the same names. A second push creates no duplicates: it finds the dataset
 * by a tag, or else the only dataset of that name, and records are merged by their inputs.
 */
export async function pushDatasets(options: PushDatasetsOptions): Promise<PushDatasetsResult> {
  const { from, signal } = options;
  const datasets = await collectPages("datasets", (pageToken) =>
    from.searchDatasets({ orderBy: ["created_time ASC"], ...(pageToken && { pageToken }) }),
  );
  const failed: { datasetId: string; reason: string }[] = [];
  let [stored, skipped] = [0, 0];
  for (const dataset of datasets) {
    if (signal?.aborted) break;
    try {
      const outcome = await pushDataset(options, dataset);
      if (outcome === "skipped") skipped += 1;
      if (outcome !== "interrupted") stored += 1;
    } catch (cause) {
      failed.push({ datasetId: dataset.datasetId, reason: messageOf(cause) });
    }
  }
  return { total: datasets.length, stored, skipped, failed };
}

async function pushDataset(
  { from, to, sent, signal }: PushDatasetsOptions,
  dataset: StoredDataset,
): Promise<"stored" | "skipped" | "interrupted"> {
  const { datasetId } = dataset;
  const version = versionOf(dataset);
  const earlier = await findCopy(to, dataset);
  if (earlier && sent?.versionOf(datasetId) === version) return "skipped";
  const experimentIds = await experimentsOf(from, to, dataset);
  const tags = { ...dataset.tags, [ORIGIN_TAG]: datasetId };
  const copy = earlier ?? (await to.createDataset({ name: dataset.name, experimentIds, tags }));
  if (earlier) {
    await to.setDatasetTags(copy.datasetId, tags);
    const added = experimentIds.filter((id) => !copy.experimentIds.includes(id));
    if (added.length > 0) await to.addDatasetToExperiments(copy.datasetId, added);
  }
  for await (const batch of batchesOf(recordsOf(from, datasetId))) {
    if (signal?.aborted) return "interrupted";
    await to.upsertDatasetRecords(copy.datasetId, batch);
  }
  sent?.add([{ traceId: datasetId, version }]);
  return "stored";
}

async function findCopy(
  to: TrackingStore,
  { datasetId, name }: StoredDataset,
): Promise<StoredDataset | undefined> {
  const ofName = await datasetsOfName(to, name);
  const copies = ofName.filter(({ tags }) => tags[ORIGIN_TAG] === datasetId);
  const [other, ...more] = ofName.filter(({ tags }) => tags[ORIGIN_TAG] === undefined);
  return copies[0] ?? (more.length === 0 ? other : undefined);
}

/** The experiments of the dataset, by their names. Deleted ones are omitted. */
async function experimentsOf(
  from: TrackingStore,
  to: TrackingStore,
  { experimentIds }: StoredDataset,
): Promise<string[]> {
  const ids: string[] = [];
  for (const id of experimentIds) {
    const experiment = await from.getExperiment(id);
    if (experiment?.lifecycleStage !== "active") continue;
    const { experimentId } = await findExperiment(to, { by: "name", name: experiment.name });
    ids.push(experimentId);
  }
  return ids;
}

async function* recordsOf(from: TrackingStore, datasetId: string): AsyncGenerator<DatasetRecord> {
  const read = (pageToken?: string) =>
    from.readDatasetRecords(datasetId, {
      maxResults: PAGE_RECORDS,
      ...(pageToken && { pageToken }),
    });
  for await (const page of pagesOf("records", read)) yield* page;
}

function versionOf(dataset: StoredDataset): string {
  return createHash("sha256").update(JSON.stringify(dataset)).digest("hex").slice(0, 16);
}
