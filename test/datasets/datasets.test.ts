import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRows } from "../../src/datasets/read-rows.js";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const { genai } = mlflow;
const invalid = { errorCode: "INVALID_PARAMETER_VALUE" };
const folder = temporaryDirectory({ whenOver: afterAll });

beforeAll(() => mlflow.setTrackingUri(join(folder, "store")));
afterAll(() => mlflow.flushTraces());

const create = (name = `dataset ${Math.random()}`) => genai.createDataset({ name });

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const inputsOf = async (dataset: mlflow.genai.EvaluationDataset) =>
  (await listOf(dataset.toRows())).map(({ inputs }) => inputs);

describe("datasets", () => {
  test("are created in the active experiment, or in others, with tags and the user", async () => {
    const here = await create("here");
    expect(here).toMatchObject({ name: "here", experimentIds: ["0"], profile: undefined });
    expect(here.tags["mlflow.user"]).toBeTruthy();
    expect(here.createdBy).toBe(here.tags["mlflow.user"]);
    const tags = { team: "docs", n: 1, "mlflow.user": "ada" };
    const there = await genai.createDataset({ name: "there", experimentId: ["1", "2"], tags });
    expect(there).toMatchObject({ experimentIds: ["1", "2"], createdBy: "ada" });
    expect(there.tags).toEqual({ team: "docs", n: "1", "mlflow.user": "ada" });
    const one = await genai.createDataset({ name: "one", experimentIds: "7" });
    expect(one.experimentIds).toEqual(["7"]);
  });

  test("are found by id and by name, also by a name with quotes", async () => {
    for (const name of ["plain", `it's`, `say "hi"`, `it's "hi" 100%_`]) {
      const { datasetId } = await create(name);
      expect(await genai.getDataset({ name })).toMatchObject({ name, datasetId });
      expect(await genai.getDataset({ datasetId })).toMatchObject({ name, datasetId });
    }
    await create("plain");
    await expect(genai.getDataset({ name: "plain" })).rejects.toThrow(
      "Multiple datasets found with name 'plain'.",
    );
    await expect(genai.getDataset({ name: "none" })).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
      message: "Dataset with name 'none' not found.",
    });
    await expect(genai.getDataset({})).rejects.toMatchObject(invalid);
    await expect(genai.getDataset({ name: "a", datasetId: "b" })).rejects.toMatchObject(invalid);
    await expect(genai.getDataset({ name: "a", version: 1 })).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
    });
    await expect(genai.getDataset({ datasetID: "a" } as never)).rejects.toThrow(
      "Did you mean `datasetId`",
    );
  });

  test("are deleted by id and by name", async () => {
    await create("by name");
    await genai.deleteDataset({ name: "by name" });
    await expect(genai.getDataset({ name: "by name" })).rejects.toThrow("not found");
    await expect(genai.deleteDataset({ name: "by name" })).rejects.toThrow("not found");
    const { datasetId } = await create();
    await genai.deleteDataset({ datasetId });
    await genai.deleteDataset({ datasetId });
    await expect(genai.deleteDataset({})).rejects.toMatchObject(invalid);
  });

  test("are searched by experiment and filter, page by page", async () => {
    const experimentId = await new mlflow.MlflowClient().createExperiment("searched");
    for (const name of ["s1", "s2", "s3"]) await genai.createDataset({ name, experimentId });
    const names = async (options: mlflow.genai.SearchDatasetsOptions) =>
      (await listOf(genai.searchDatasets(options))).map(({ name }) => name).toSorted();
    expect(await names({ experimentIds: experimentId, maxResults: 2 })).toEqual(["s1", "s2", "s3"]);
    expect(await names({ experimentNames: ["searched"] })).toEqual(["s1", "s2", "s3"]);
    expect(await names({ experimentNames: ["nowhere"] })).toEqual([]);
    expect(await names({ filterString: "name = 's2'" })).toEqual(["s2"]);
    const { items, nextPageToken } = await genai
      .searchDatasets({ experimentIds: [experimentId], orderBy: ["name DESC"], maxResults: 2 })
      .page();
    expect(items.map(({ name }) => name)).toEqual(["s3", "s2"]);
    expect(nextPageToken).toBeTruthy();
    expect(() => genai.searchDatasets({ max_results: 5 } as never)).toThrow("`maxResults`");
  });

  test("have tags and experiments that change", async () => {
    const { datasetId } = await create();
    await genai.setDatasetTags({ datasetId, tags: { a: 1, b: true, "mlflow.user": null } });
    await genai.deleteDatasetTag({ datasetId, key: "a" });
    expect((await genai.getDataset({ datasetId })).tags).toEqual({ b: "true" });
    const experimentIds = await new mlflow.MlflowClient().createExperiment("more");
    const added = await genai.addDatasetToExperiments({ datasetId, experimentIds });
    expect(added.experimentIds).toEqual(["0", experimentIds]);
    const removed = await genai.removeDatasetFromExperiments({ datasetId, experimentIds: ["0"] });
    expect(removed.experimentIds).toEqual([experimentIds]);
    const tags = { a: [] } as never;
    await expect(genai.setDatasetTags({ datasetId, tags })).rejects.toMatchObject(invalid);
  });
});

describe("mergeRecords()", () => {
  test("stores rows, and the fields of the dataset follow", async () => {
    const dataset = await create();
    const { digest } = dataset;
    const rows = [
      { inputs: { q: 1 }, expectations: { e: "x" }, tags: { n: 5 } },
      { inputs: { q: 2 }, outputs: "o" },
      { inputs: { q: 3 }, source: { sourceType: "DOCUMENT", sourceData: { uri: "a" } } },
    ] as const;
    expect(await dataset.mergeRecords(rows)).toBe(dataset);
    expect(dataset.profile).toBe('{"num_records": 3}');
    expect(dataset.digest).not.toBe(digest);
    const user = dataset.tags["mlflow.user"];
    expect(await listOf(dataset.toRows())).toEqual([
      {
        inputs: { q: 1 },
        expectations: { e: "x" },
        tags: { n: "5", "mlflow.user": user },
        source: { sourceType: "HUMAN", sourceData: {} },
      },
      {
        inputs: { q: 2 },
        outputs: "o",
        tags: { "mlflow.user": user },
        source: { sourceType: "CODE", sourceData: {} },
      },
      { inputs: { q: 3 }, tags: { "mlflow.user": user }, source: rows[2].source },
    ]);
    await dataset.mergeRecords(new Set([{ inputs: { q: 2 }, outputs: "new" }]));
    const records = await listOf(dataset.records());
    expect(records.map(({ outputs }) => outputs)).toEqual([undefined, "new", undefined]);
    const [first, second] = records;
    expect(await dataset.deleteRecords([first?.recordId ?? "", "dr-none"])).toBe(1);
    expect(await inputsOf(dataset)).toEqual([{ q: 2 }, { q: 3 }]);
    expect(second?.inputs).toEqual({ q: 2 });
    expect(dataset.profile).toBe('{"num_records": 2}');
  });

  test("stores traces with the expectations and the session of each", async () => {
    const dataset = await create();
    const traceId = mlflow.withSpan(
      (span) => {
        mlflow.updateCurrentTrace({ sessionId: "s-1" });
        mlflow.withSpan(() => "Because", { name: "inner" });
        return span.traceId;
      },
      { name: "root", inputs: { question: "Why?" } },
    );
    await mlflow.flushTraces();
    await mlflow.logExpectation({ traceId, name: "answer", value: ["Because"] });
    await dataset.mergeRecords(mlflow.searchTraces());
    expect(await listOf(dataset.toRows())).toMatchObject([
      {
        inputs: { question: "Why?" },
        expectations: { answer: ["Because"] },
        source: { sourceType: "TRACE", sourceData: { trace_id: traceId, session_id: "s-1" } },
      },
    ]);
    const trace = await mlflow.getTrace(traceId);
    await dataset.mergeRecords(trace ? [trace] : []);
    expect(dataset.profile).toBe('{"num_records": 1}');
  });

  test("stores messages, dates and large integers as JSON", async () => {
    const dataset = await create();
    const date = new Date(0);
    await dataset.mergeRecords([
      { inputs: { messages: [new HumanMessage("hi")], date, big: 2n ** 60n, none: undefined } },
    ]);
    expect(await inputsOf(dataset)).toEqual([
      {
        messages: [expect.objectContaining({ content: "hi", type: "human" })],
        date: date.toISOString(),
        big: 2n ** 60n,
      },
    ]);
  });

  test("stores nothing if a row of an array or a file is wrong", async () => {
    const dataset = await create();
    const good = Array.from({ length: 300 }, (_, n) => ({ inputs: { n } }));
    const cases: [readonly unknown[], string][] = [
      [[...good, { inputs: 1 }], "Row 301 of `data`: The 'inputs' column must be a dictionary"],
      [[...good, { inputs: { f: [() => 1] } }], "Row 301: `inputs`.f[0] cannot be stored as JSON"],
      [[...good, { inputs: { goal: "x" } }], "All records must use the same granularity."],
      [[{ inputs: { goal: "x", q: 1 } }], "cannot mix session fields ['goal'] with other fields"],
      [[{ inputs: { goal: "x" } }, { inputs: {} }], "Empty inputs are not allowed for session"],
    ];
    for (const [rows, message] of cases) {
      await expect(dataset.mergeRecords(rows as never)).rejects.toThrow(message);
    }
    expect(await inputsOf(dataset)).toEqual([]);
    await dataset.mergeRecords(good);
    await expect(dataset.mergeRecords([{ inputs: { goal: "x" } }])).rejects.toThrow(
      "New records use session granularity, but existing dataset uses trace.",
    );
  });

  test("an empty array is no error, and a dataset that was deleted is one", async () => {
    const dataset = await create();
    await dataset.mergeRecords([]);
    await genai.deleteDataset({ datasetId: dataset.datasetId });
    await expect(dataset.mergeRecords([])).rejects.toThrow("Dataset not found");
  });

  test("reads a CSV file, and the dataset is the data of an evaluation", async () => {
    mkdirSync(join(folder, "files"), { recursive: true });
    const file = join(folder, "files", "rows.csv");
    writeFileSync(file, "question,expected_response\nWhy?,Because\n");
    const dataset = await create("from csv");
    await dataset.mergeRecords(file);
    const source = await readRows(dataset);
    expect(source).toMatchObject({ name: "from csv", total: 1 });
    expect(await listOf(source.rows)).toMatchObject([
      { inputs: { question: "Why?" }, expectations: { expected_response: "Because" } },
    ]);
    expect(source.datasetInput()).toEqual({
      name: "from csv",
      digest: dataset.digest,
      sourceType: "mlflow_evaluation_dataset",
      source: `{"dataset_id": "${dataset.datasetId}"}`,
      schema: dataset.schema,
      profile: '{"num_records": 1}',
    });
    const empty = await readRows(await create());
    await expect(listOf(empty.rows)).rejects.toThrow("The dataset is empty.");
  });

  test("20 000 rows of an iterable are stored in bounded memory, and read page by page", async () => {
    const dataset = await create();
    const text = "x".repeat(500);
    function* rows() {
      for (let n = 0; n < 20_000; n += 1) yield { inputs: { n, text } };
    }
    await dataset.mergeRecords(rows());
    expect(dataset.profile).toBe('{"num_records": 20000}');
    let next = 0;
    for await (const { inputs } of dataset.toRows()) {
      if (inputs.n !== next) expect(inputs.n).toBe(next);
      next += 1;
    }
    expect(next).toBe(20_000);
  });
});
