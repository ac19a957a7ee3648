import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { inferSignature } from "../../src/models/signature/infer-signature.js";

/** Names that a plain object has, or that change it, without the app. */
const NAMES = ["constructor", "toString", "__proto__"];
const record = <Value>(value: Value): Record<string, Value> =>
  Object.fromEntries(NAMES.map((name) => [name, value]));

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inherited-names-"));
  mlflow.setTrackingUri(`file:${folder}`);
  await mlflow.setExperiment("names");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("params, metrics and tags of a run may have names that every object has", async () => {
  const run = await mlflow.startRun({}, async ({ info }) => {
    await mlflow.logParams(record("a"));
    await mlflow.logMetrics(record(1));
    await mlflow.setTags(record("b"));
    return info.runId;
  });
  const { data } = (await mlflow.getRun(run)) ?? {};
  expect(Object.entries(data?.params ?? {}).sort()).toEqual(Object.entries(record("a")).sort());
  expect(Object.entries(data?.metrics ?? {}).sort()).toEqual(Object.entries(record(1)).sort());
  expect(Object.entries(data?.tags ?? {})).toEqual(
    expect.arrayContaining(Object.entries(record("b"))),
  );
});

test("a table has no value of an extra column that a run lacks", async () => {
  const runId = await mlflow.startRun({}, async ({ info }) => {
    await mlflow.logTable([{ a: 1 }], "table.json");
    return info.runId;
  });
  const extraColumns = ["toString", "tags.toString", "params.constructor", "constructor.name"];
  const rows = await mlflow.loadTable("table.json", { runIds: [runId], extraColumns });
  expect(rows).toEqual([{ a: 1, ...Object.fromEntries(extraColumns.map((name) => [name, null])) }]);
});

test("tags and metadata of a trace may have names that every object has", async () => {
  await mlflow.withSpan({ name: "call" }, () => {
    mlflow.updateCurrentTrace({ tags: record("a"), metadata: record("b") });
  });
  const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
  expect(Object.entries(trace?.info.tags ?? {})).toEqual(
    expect.arrayContaining(Object.entries(record("a"))),
  );
  expect(Object.entries(trace?.info.traceMetadata ?? {})).toEqual(
    expect.arrayContaining(Object.entries(record("b"))),
  );
});

test("the fields of a dataset may have names that every object has", async () => {
  const dataset = await mlflow.genai.createDataset({ name: "names" });
  await dataset.mergeRecords([{ inputs: record(1), expectations: record("a") }]);
  const { schema } = await mlflow.genai.getDataset({ name: "names" });
  expect(Object.keys(JSON.parse(schema ?? "{}").inputs)).toEqual(expect.arrayContaining(NAMES));
});

test("a column that a row lacks is optional in a signature, whatever its name is", () => {
  const { inputs } = inferSignature([{ a: 1, toString: "x", constructor: "y" }, { a: 2 }], "x");
  expect(inputs?.columns?.map(({ name, required }) => [name, required])).toEqual([
    ["a", true],
    ["toString", false],
    ["constructor", false],
  ]);
});
