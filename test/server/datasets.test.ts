import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pushDatasets } from "../../src/datasets/push-datasets.js";
import { readRows } from "../../src/datasets/read-rows.js";
import * as mlflow from "../../src/index.js";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { BEEN_HERE } from "../support/traces-page.js";
import { MLFLOW_VERSIONS } from "./versions.js";

const { genai } = mlflow;
const chromium = chromiumProgram();

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe.each(MLFLOW_VERSIONS)("datasets beside Python on MLflow %s", (version) => {
  let server: MlflowServer;
  let experimentId: string;
  /** Runs a program with Python's datasets; prints `out`. */
  const python = <T>(program: string) =>
    runPython<T>(
      `import json, mlflow\nfrom mlflow.genai import datasets\nout = None\n${program}\nprint(json.dumps(out))`,
      { version, env: { MLFLOW_TRACKING_URI: server.url } },
    );

  beforeAll(async () => {
    server = await startMlflowServer({ version });
    mlflow.setTrackingUri(server.url);
    experimentId = await new mlflow.MlflowClient().createExperiment("datasets");
    await mlflow.setExperiment("datasets");
  });
  afterAll(async () => {
    await mlflow.flushTraces();
    await server?.close();
  });

  test("Python reads what this package has written, and both merge the same records", async () => {
    const dataset = await genai.createDataset({ name: "ours", tags: { team: "docs" } });
    await dataset.mergeRecords([
      { inputs: { q: "Why? 안녕", n: 1.5, deep: { b: [1, null], a: true } }, outputs: "text" },
      { inputs: { q: "How?" }, expectations: { answer: "So", facts: ["a"] }, tags: { k: 1 } },
    ]);
    const read = await python<{ fields: object; records: Record<string, unknown>[] }>(`
ours = datasets.get_dataset(name="ours")
df = ours.to_df()
out = {"fields": {"id": ours.dataset_id, "digest": ours.digest, "schema": ours.schema, "profile": ours.profile,
  "tags": ours.tags, "experiments": ours.experiment_ids},
  "records": [{"inputs": r["inputs"], "outputs": r["outputs"], "expectations": r["expectations"], "tags": r["tags"],
    "source_type": r["source_type"], "id": r["dataset_record_id"]} for r in df.to_dict("records")]}
ours.merge_records([{"inputs": {"q": "How?"}, "expectations": {"answer": "Python"}},
  {"inputs": {"deep": {"a": True, "b": [1, None]}, "q": "Why? 안녕", "n": 1.5}, "tags": {"seen": "yes"}}])
`);
    expect(read.fields).toEqual({
      id: dataset.datasetId,
      ...{ digest: dataset.digest, schema: dataset.schema, profile: '{"num_records": 2}' },
      ...{ tags: dataset.tags, experiments: [experimentId] },
    });
    const user = dataset.tags["mlflow.user"];
    const byQuestion = (question: string) =>
      read.records.find(({ inputs }) => (inputs as { q: string }).q === question);
    expect(byQuestion("Why? 안녕")).toMatchObject({
      inputs: { q: "Why? 안녕", n: 1.5, deep: { b: [1, null], a: true } },
      ...{
        outputs: "text",
        expectations: null,
        source_type: "CODE",
        tags: { "mlflow.user": user },
      },
    });
    expect(byQuestion("How?")).toMatchObject({
      ...{ outputs: {}, expectations: { answer: "So", facts: ["a"] }, source_type: "HUMAN" },
      tags: { k: "1", "mlflow.user": user },
    });
    const records = await listOf(dataset.records());
    expect(records.map(({ recordId }) => recordId).toSorted()).toEqual(
      read.records.map(({ id }) => id).toSorted(),
    );
    const expectations = records.flatMap((record) => record.expectations ?? []);
    expect(expectations).toEqual([{ answer: "Python", facts: ["a"] }]);
    expect(records.some(({ tags }) => tags.seen === "yes")).toBe(true);
    expect(records.map(({ outputs }) => outputs).toSorted()).toEqual(["text", undefined]);
  });

  test("this package reads, changes and deletes what Python has written", async () => {
    await python(`
theirs = datasets.create_dataset(name="theirs", experiment_id="${experimentId}", tags={"a": "1"})
theirs.merge_records([{"inputs": {"q": i}, "expectations": {"e": float(i)}} for i in range(3)])
theirs.merge_records([{"inputs": {"q": 5}, "outputs": {"o": [1, {"x": None}]},
  "source": {"source_type": "DOCUMENT", "source_data": {"uri": "s3://a"}}}])
`);
    const theirs = await genai.getDataset({ name: "theirs" });
    expect(theirs.profile).toBe('{"num_records": 4}');
    const rows = await listOf((await readRows(theirs)).rows);
    expect(rows.map(({ inputs }) => inputs.q).toSorted()).toEqual([0, 1, 2, 5]);
    expect(rows.find(({ inputs }) => inputs.q === 5)).toMatchObject({
      outputs: { o: [1, { x: null }] },
      source: { sourceType: "DOCUMENT", sourceData: { uri: "s3://a" } },
    });
    await theirs.mergeRecords([{ inputs: { q: 1 }, expectations: { more: "x" } }]);
    const records = await listOf(theirs.records());
    const ids = records.filter(({ inputs }) => inputs.q !== 1).map(({ recordId }) => recordId);
    expect(await theirs.deleteRecords(ids)).toBe(3);
    const { datasetId } = theirs;
    await genai.setDatasetTags({ datasetId, tags: { b: 2, a: null } });
    await genai.addDatasetToExperiments({ datasetId, experimentIds: ["0"] });
    const seen = await python(`
theirs = datasets.get_dataset(dataset_id="${datasetId}")
out = [theirs.to_df()[["inputs", "expectations"]].to_dict("records"), theirs.tags, sorted(theirs.experiment_ids)]
`);
    const tags = { b: "2", "mlflow.user": theirs.tags["mlflow.user"] };
    expect(seen).toEqual([
      [{ inputs: { q: 1 }, expectations: { e: 1, more: "x" } }],
      ...[tags, ["0", experimentId].toSorted()],
    ]);
    await genai.deleteDataset({ datasetId });
    const left = await python<string[]>("out = [d.name for d in datasets.search_datasets()]");
    expect(left).not.toContain("theirs");
  });

  test("the input of a run is what Python's evaluate() logs", async () => {
    const rows = [
      { inputs: { q: "a" }, outputs: { a: 1.5 } },
      { inputs: { q: "b", z: null }, expectations: { e: ["x"], n: 2 } },
    ];
    const dataset = await genai.createDataset({ name: "as input" });
    await dataset.mergeRecords(rows);
    const theirs = await python<Record<string, string>[]>(`
import pandas
frame = pandas.DataFrame(json.loads(${JSON.stringify(JSON.stringify(rows))}))
both = [mlflow.data.from_pandas(frame, name="dataset"), datasets.get_dataset(name="as input")]
out = [dict(entity._to_mlflow_entity()) for entity in both]
`);
    const ours = [(await readRows(rows)).datasetInput(), (await readRows(dataset)).datasetInput()];
    for (const [index, { sourceType, source, ...input }] of ours.entries()) {
      const { source_type, source: theirSource = "", digest, ...their } = theirs[index] ?? {};
      expect({ ...input, digest, sourceType }).toEqual({
        ...their,
        digest,
        sourceType: source_type,
      });
      expect(Object.keys(JSON.parse(source))).toEqual(Object.keys(JSON.parse(theirSource)));
    }
    expect(ours[1]?.digest).toBe(theirs[1]?.digest);
    expect(ours[1]?.source).toBe(theirs[1]?.source);
  });

  test("a push copies local datasets once, and later what has changed", async () => {
    const directory = join(temporaryDirectory(), "store");
    mlflow.setTrackingUri(directory);
    await mlflow.setExperiment("pushed");
    const local = await genai.createDataset({ name: "local", tags: { kind: "qa" } });
    const same = await genai.createDataset({ name: "local" });
    const rows = Array.from({ length: 450 }, (_, n) => ({ inputs: { n }, outputs: `o${n}` }));
    await local.mergeRecords(rows);
    await same.mergeRecords([{ inputs: { other: true } }]);
    const [from, to] = [directory, server.url].map((uri) => openStore(uri, readSettings({})));
    if (!from || !to) throw new Error();
    const sent = new Map<string, string>();
    const record = {
      versionOf: (id: string) => sent.get(id),
      add: (all: readonly { traceId: string; version: string }[]) => {
        for (const { traceId, version } of all) sent.set(traceId, version);
      },
    };
    const push = () => pushDatasets({ from, to, sent: record });
    expect(await push()).toEqual({ total: 2, stored: 2, skipped: 0, failed: [] });
    expect(await push()).toEqual({ total: 2, stored: 2, skipped: 2, failed: [] });
    await local.mergeRecords([
      { inputs: { n: 0 }, expectations: { e: 1 } },
      { inputs: { n: 450 } },
    ]);
    expect(await push()).toEqual({ total: 2, stored: 2, skipped: 1, failed: [] });
    // Without the record of earlier pushes, nothing is duplicated.
    expect(await pushDatasets({ from, to })).toMatchObject({ stored: 2, skipped: 0 });
    mlflow.setTrackingUri(server.url);
    const found = await listOf(genai.searchDatasets({ experimentNames: ["pushed"] }));
    expect(found.map(({ profile }) => profile).toSorted()).toEqual([
      '{"num_records": 1}',
      '{"num_records": 451}',
    ]);
    const copy = found.find(({ tags }) => tags.kind === "qa");
    if (!copy) throw new Error("The dataset was not pushed.");
    const first = (await listOf(copy.toRows())).find(({ inputs }) => inputs.n === 0);
    expect(first).toMatchObject({ outputs: "o0", expectations: { e: 1 } });
    await from.close();
    await to.close();
  });

  test("outputs that the server cannot mix are refused at once, with the reason", async () => {
    const dataset = await genai.createDataset({ name: "mixed" });
    await dataset.mergeRecords([{ inputs: { n: 1 }, outputs: "text" }]);
    const mixed = dataset.mergeRecords([{ inputs: { n: 2 }, outputs: { a: 1 } }]);
    await expect(mixed).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining("Pass outputs of one kind"),
    });
  });

  test.skipIf(!chromium)(
    "the page Datasets of MLflow's UI lists them, and shows records",
    async () => {
      const dataset = await genai.createDataset({ name: "seen dataset", experimentId });
      await dataset.mergeRecords([
        { inputs: { question: "What is seen?" }, expectations: { expected_response: "A page" } },
      ]);
      const browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
      try {
        await browser.page.goto(`${server.url}/#/experiments/${experimentId}/datasets`);
        const shown = browser.page.getByText("seen dataset", { exact: false }).first();
        await shown.waitFor();
        await shown.click();
        for (const text of ["What is seen?", "A page"]) {
          await browser.page.getByText(text, { exact: false }).first().waitFor();
        }
        await browser.screenshot("datasets-page");
      } finally {
        await browser.close();
      }
    },
  );
});
