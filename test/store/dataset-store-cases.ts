import { beforeAll, expect, test } from "vitest";
import type { NewDatasetRecord } from "../../src/store/dataset-store.js";
import { collectPages } from "../../src/store/pages.js";
import type { TrackingStore } from "../../src/store/store.js";

const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
const NO_DATASET = `d-${"0".repeat(32)}`;

/** What every store does with evaluation datasets. */
export function describeDatasets(open: () => TrackingStore): void {
  let store: TrackingStore;
  let experimentId: string;
  beforeAll(async () => {
    store = open();
    experimentId = await store.createExperiment(`datasets ${Math.random()}`);
  });

  const create = (name = `dataset ${Math.random()}`, tags: Record<string, string> = {}) =>
    store.createDataset({ name, tags, experimentIds: [experimentId] });
  const recordsOf = (datasetId: string, maxResults = 1000) =>
    collectPages("records", (pageToken) =>
      store.readDatasetRecords(datasetId, { maxResults, ...(pageToken && { pageToken }) }),
    );
  const namesOf = async (query: object = {}) => {
    const { items } = await store.searchDatasets({ experimentIds: [experimentId], ...query });
    return items.map(({ name }) => name);
  };

  test("a dataset is created, read and deleted", async () => {
    const made = await create("first", { team: "docs", "mlflow.user": "ada" });
    expect(made).toEqual({
      datasetId: expect.stringMatching(/^d-[0-9a-f]{32}$/),
      name: "first",
      digest: expect.stringMatching(/^[0-9a-f]{8}$/),
      schema: undefined,
      profile: undefined,
      tags: { team: "docs", "mlflow.user": "ada" },
      experimentIds: [experimentId],
      createdTimeMs: expect.any(Number),
      lastUpdateTimeMs: made.createdTimeMs,
      createdBy: "ada",
      lastUpdatedBy: "ada",
    });
    expect(Math.abs(Date.now() - made.createdTimeMs)).toBeLessThan(600_000);
    expect(await store.getDataset(made.datasetId)).toEqual(made);
    await store.deleteDataset(made.datasetId);
    expect(await store.getDataset(made.datasetId)).toBeUndefined();
    await store.deleteDataset(made.datasetId);
  });

  test("records are added, and merged with those of the same inputs", async () => {
    const { datasetId, digest } = await create();
    const first: NewDatasetRecord = {
      inputs: { q: "Why?", deep: { a: [1, 2.5], b: null } },
      expectations: { answer: "old", facts: ["x"] },
      tags: { team: "docs", "mlflow.user": "ada" },
      source: { sourceType: "TRACE", sourceData: { trace_id: "tr-1", session_id: "s" } },
    };
    const second: NewDatasetRecord = { inputs: { q: "How? 안녕 🦜" }, outputs: "so" };
    expect(await store.upsertDatasetRecords(datasetId, [first, second])).toEqual({
      inserted: 2,
      updated: 0,
    });
    const again: NewDatasetRecord = {
      inputs: { deep: { b: null, a: [1, 2.5] }, q: "Why?" },
      outputs: "because",
      expectations: { answer: "new" },
      tags: { lang: "en", "mlflow.user": "bob" },
    };
    const third: NewDatasetRecord = { inputs: { n: 1 } };
    expect(await store.upsertDatasetRecords(datasetId, [again, third, third])).toEqual({
      inserted: 1,
      updated: 2,
    });
    const records = await recordsOf(datasetId);
    const byQuestion = (question: unknown) => records.find(({ inputs }) => inputs.q === question);
    const common = {
      recordId: expect.stringMatching(/^dr-[0-9a-f]{32}$/),
      createdTimeMs: expect.any(Number),
      lastUpdateTimeMs: expect.any(Number),
    };
    expect(records).toHaveLength(3);
    expect(byQuestion("Why?")).toEqual({
      ...{ ...common, ...first, createdBy: "ada", lastUpdatedBy: "bob" },
      outputs: "because",
      expectations: { answer: "new", facts: ["x"] },
      tags: { team: "docs", lang: "en", "mlflow.user": "bob" },
    });
    expect(byQuestion("How? 안녕 🦜")).toEqual({ ...common, ...second, tags: {} });
    expect(byQuestion(undefined)).toEqual({ ...common, inputs: { n: 1 }, tags: {} });
    const read = await store.getDataset(datasetId);
    expect(read?.profile).toBe('{"num_records": 3}');
    expect(JSON.parse(read?.schema ?? "")).toEqual({
      inputs: { q: "string", deep: "object", n: "integer" },
      outputs: "string",
      expectations: { answer: "string", facts: "array" },
      version: "1.0",
    });
    expect(read?.digest).not.toBe(digest);
  });

  test("outputs of different kinds are stored", async () => {
    const { datasetId } = await create();
    const outputs = ["text", { a: 1 }, 5, [1], null, {}];
    const records = outputs.map((output, n) => ({ inputs: { n }, outputs: output }));
    await store.upsertDatasetRecords(datasetId, records);
    const read = (await recordsOf(datasetId)).toSorted(
      (one, other) => Number(one.inputs.n) - Number(other.inputs.n),
    );
    expect(read.map((record) => record.outputs)).toEqual([
      ...outputs.slice(0, 4),
      ...[undefined, undefined],
    ]);
    const { outputs: schema } = JSON.parse((await store.getDataset(datasetId))?.schema ?? "");
    expect(schema).toEqual({ a: "integer" });
  });

  test("records are read page by page, and deleted", async () => {
    const { datasetId } = await create();
    const inputs = Array.from({ length: 25 }, (_, index) => ({ inputs: { index } }));
    for (let at = 0; at < inputs.length; at += 5) {
      await store.upsertDatasetRecords(datasetId, inputs.slice(at, at + 5));
    }
    const records = await recordsOf(datasetId, 7);
    const indexes = records.map((record) => Number(record.inputs.index));
    expect(indexes.toSorted((one, other) => one - other)).toEqual(inputs.map((_, index) => index));
    const page = await store.readDatasetRecords(datasetId, { maxResults: 7 });
    const gone = page.items.map(({ recordId }) => recordId);
    expect(await store.deleteDatasetRecords(datasetId, [...gone, `dr-${"0".repeat(32)}`])).toBe(7);
    const { nextPageToken = "" } = page;
    const next = await store.readDatasetRecords(datasetId, {
      maxResults: 100,
      pageToken: nextPageToken,
    });
    expect(next.items).toEqual(records.slice(7));
    expect(next.nextPageToken).toBeUndefined();
    expect((await store.getDataset(datasetId))?.profile).toBe('{"num_records": 18}');
    const rest = (await recordsOf(datasetId)).map(({ recordId }) => recordId);
    expect(await store.deleteDatasetRecords(datasetId, rest)).toBe(18);
    expect(await store.deleteDatasetRecords(datasetId, rest)).toBe(0);
    expect((await store.getDataset(datasetId))?.profile).toBeUndefined();
  });

  test("tags and experiments change", async () => {
    const { datasetId } = await create(undefined, { a: "1", b: "2" });
    await store.setDatasetTags(datasetId, { b: "3", c: "4/한", a: null });
    await store.deleteDatasetTag(datasetId, "missing");
    expect((await store.getDataset(datasetId))?.tags).toEqual({ b: "3", c: "4/한" });
    await store.deleteDatasetTag(datasetId, "b");
    expect((await store.getDataset(datasetId))?.tags).toEqual({ c: "4/한" });
    const other = await store.createExperiment(`other ${Math.random()}`);
    await store.addDatasetToExperiments(datasetId, [other, experimentId]);
    const ids = async () => (await store.getDataset(datasetId))?.experimentIds.toSorted();
    expect(await ids()).toEqual([other, experimentId].toSorted());
    await store.removeDatasetFromExperiments(datasetId, [experimentId, "12345"]);
    expect(await ids()).toEqual([other]);
    await expect(store.addDatasetToExperiments(datasetId, ["987654321"])).rejects.toMatchObject(
      missing,
    );
  });

  test("datasets are searched by experiment, name, tag and time, in an order and in pages", async () => {
    experimentId = await store.createExperiment(`search ${Math.random()}`);
    for (const name of ["qa one", "qa two", "it's"]) await create(name, { kind: name.slice(0, 2) });
    expect((await namesOf()).toSorted()).toEqual(["it's", "qa one", "qa two"]);
    expect(await namesOf({ experimentIds: ["0"] })).not.toContain("qa one");
    expect(await namesOf({ filter: "name = 'qa one'" })).toEqual(["qa one"]);
    expect(await namesOf({ filter: `name = "it's"` })).toEqual(["it's"]);
    const byName = { orderBy: ["name DESC"] };
    expect(await namesOf({ filter: "name LIKE 'qa%'", ...byName })).toEqual(["qa two", "qa one"]);
    expect(await namesOf({ filter: "created_time > 4000000000000" })).toEqual([]);
    const paged = await collectPages("datasets", (pageToken) =>
      store.searchDatasets({
        ...{ experimentIds: [experimentId], orderBy: ["name ASC"], maxResults: 2 },
        ...(pageToken && { pageToken }),
      }),
    );
    expect(paged.map(({ name }) => name)).toEqual(["it's", "qa one", "qa two"]);
    expect(paged[0]?.experimentIds).toEqual([experimentId]);
    await expect(namesOf({ filter: "color = 'red'" })).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  });

  test("a dataset that does not exist is reported", async () => {
    expect(await store.getDataset(NO_DATASET)).toBeUndefined();
    await expect(store.setDatasetTags(NO_DATASET, { a: "b" })).rejects.toMatchObject(missing);
    await expect(store.addDatasetToExperiments(NO_DATASET, ["0"])).rejects.toMatchObject(missing);
  });
}
