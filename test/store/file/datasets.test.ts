import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { collectPages } from "../../../src/store/pages.js";
import { describeDatasets } from "../dataset-store-cases.js";
import { temporaryDirectory } from "./temporary-directory.js";

describe("evaluation datasets in a local store", () => {
  const directory = temporaryDirectory({ whenOver: afterAll });
  describeDatasets(() => createFileStore({ directory }));
});

const NEW = { name: "a", tags: {}, experimentIds: [] };

test("a second store reads what the first has changed, and both may change it at the same time", async () => {
  const directory = temporaryDirectory();
  const [one, other] = [createFileStore({ directory }), createFileStore({ directory })];
  const { datasetId } = await one.createDataset(NEW);
  const records = (from: number) =>
    Array.from({ length: 40 }, (_, index) => ({ inputs: { n: from + index } }));
  const writes: Promise<unknown>[] = [];
  for (let from = 0; from < 200; from += 20) {
    // Every record is added by both.
    writes.push(one.upsertDatasetRecords(datasetId, records(from)));
    writes.push(other.upsertDatasetRecords(datasetId, records(from)));
    writes.push(other.setDatasetTags(datasetId, { [`tag${from}`]: "x" }));
  }
  await Promise.all(writes);
  for (const store of [one, other, createFileStore({ directory })]) {
    const dataset = await store.getDataset(datasetId);
    expect(dataset?.profile).toBe('{"num_records": 220}');
    expect(Object.keys(dataset?.tags ?? {})).toHaveLength(10);
    const read = await collectPages("records", (pageToken) =>
      store.readDatasetRecords(datasetId, { maxResults: 33, ...(pageToken && { pageToken }) }),
    );
    expect(new Set(read.map(({ inputs }) => inputs.n)).size).toBe(220);
  }
});

test("a merge that changes nothing does not grow the file, and keeps the digest", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const { datasetId } = await store.createDataset(NEW);
  const record = { inputs: { a: 1 }, outputs: "x", expectations: { e: true }, tags: { t: "1" } };
  await store.upsertDatasetRecords(datasetId, [record, record]);
  const file = join(directory, ".datasets.trash", `${datasetId}.jsonl`);
  const [bytes, before] = [readFileSync(file).length, await store.getDataset(datasetId)];
  expect(await store.upsertDatasetRecords(datasetId, [record])).toEqual({
    inserted: 0,
    updated: 1,
  });
  expect(readFileSync(file)).toHaveLength(bytes);
  expect(await store.getDataset(datasetId)).toEqual(before);
  await store.upsertDatasetRecords(datasetId, [{ ...record, outputs: "y" }]);
  expect((await store.getDataset(datasetId))?.digest).not.toBe(before?.digest);
});

test("a line that a killed process has left incomplete is ignored, and so are other files", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  const { datasetId } = await store.createDataset(NEW);
  const folder = join(directory, ".datasets.trash");
  await store.upsertDatasetRecords(datasetId, [{ inputs: { a: 1 } }]);
  appendFileSync(join(folder, `${datasetId}.jsonl`), '{"record":{"dataset_record_id":"dr-x","inp');
  mkdirSync(join(folder, "other"));
  await store.upsertDatasetRecords(datasetId, [{ inputs: { a: 2 } }]);
  for (const reader of [store, createFileStore({ directory })]) {
    const { items } = await reader.readDatasetRecords(datasetId, { maxResults: 10 });
    expect(items.map(({ inputs }) => inputs.a)).toEqual([1, 2]);
    expect((await reader.searchDatasets({})).items).toHaveLength(1);
  }
});

test("a dataset that another process has deleted is not created again", async () => {
  const directory = temporaryDirectory();
  const [one, other] = [createFileStore({ directory }), createFileStore({ directory })];
  const { datasetId } = await one.createDataset(NEW);
  await other.getDataset(datasetId);
  await one.deleteDataset(datasetId);
  await expect(other.upsertDatasetRecords(datasetId, [{ inputs: {} }])).rejects.toMatchObject({
    errorCode: "RESOURCE_DOES_NOT_EXIST",
  });
  expect(readdirSync(join(directory, ".datasets.trash"))).toEqual([]);
});

test("an id that is a path reaches no other file", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  await store.createDataset(NEW);
  for (const id of ["../0/meta", "", "..", "d-../../x"]) {
    expect(await store.getDataset(id)).toBeUndefined();
    await store.deleteDataset(id);
  }
  expect(existsSync(join(directory, "0", "meta.yaml"))).toBe(true);
});
