import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const names: Record<string, string> = {};

beforeAll(async () => {
  mlflow.setTrackingUri(temporaryDirectory({ whenOver: afterAll }));
  const chain = RunnableLambda.from((text: string) => text);
  const tracer = new mlflow.MlflowLangchainTracer();
  for (const name of ["one", "two"]) {
    const { experimentId } = await mlflow.setExperiment(name);
    names[name] = experimentId;
    await mlflow.startRun({ runName: name }, (run) => {
      names[`run ${name}`] = run.info.runId;
      return chain.invoke(name, { callbacks: [tracer] });
    });
  }
  await mlflow.flushTraces();
});

async function runsOf(options: mlflow.SearchRunsOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { info } of mlflow.searchRuns(options)) found.push(info.runName);
  return found.sort();
}

async function tracesOf(options: mlflow.SearchTracesOptions): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { info } of mlflow.searchTraces(options)) found.push(info.requestPreview);
  return found.map((preview) => /one|two/.exec(String(preview))?.[0]).sort();
}

test.each<[string, () => mlflow.SearchTracesOptions, string[]]>([
  ["no experiment: the active one", () => ({}), ["two"]],
  ["an empty list: the active one", () => ({ experimentIds: [], locations: [] }), ["two"]],
  ["experimentIds", () => ({ experimentIds: [names.one!] }), ["one"]],
  ["locations", () => ({ locations: [names.one!] }), ["one"]],
  ["experimentNames", () => ({ experimentNames: ["one", "two"] }), ["one", "two"]],
  ["a missing name", () => ({ experimentNames: ["one", "missing"] }), ["one"]],
  ["only missing names", () => ({ experimentNames: ["missing"] }), []],
  ["searchAllExperiments", () => ({ searchAllExperiments: true }), ["one", "two"]],
  ["both names with one value", () => ({ filter: "", filterString: "" }), ["two"]],
])("searchRuns() and searchTraces() understand %s", async (_, options, expected) => {
  expect(await runsOf(options())).toEqual(expected);
  expect(await tracesOf(options())).toEqual(expected);
});

test("filterString is the filter", async () => {
  const all = { searchAllExperiments: true };
  const isNamed = "attributes.run_name = 'one'";
  expect(await runsOf({ ...all, filterString: isNamed })).toEqual(["one"]);
  expect(await tracesOf({ ...all, filterString: "attributes.status = 'ERROR'" })).toEqual([]);
});

test("searchTraces() finds the traces of a run, and of a model", async () => {
  const runId = names["run one"]!;
  expect(await tracesOf({ experimentNames: ["one"], runId })).toEqual(["one"]);
  expect(
    await tracesOf({ experimentNames: ["one"], runId, filter: "attributes.status = 'ERROR'" }),
  ).toEqual([]);
  expect(await tracesOf({ searchAllExperiments: true, modelId: "m-1" })).toEqual([]);
  await expect(tracesOf({ runId })).rejects.toThrow(
    /belongs to experiment \d+, which is not searched/,
  );
});

test.each<[mlflow.SearchTracesOptions, string]>([
  [{ filter: "a", filterString: "b" }, "different values for `filter` and `filterString`"],
  [{ experimentIds: ["1"], locations: ["2"] }, "`experimentIds` and `locations`"],
  [{ experimentIds: ["1"], experimentNames: ["a"] }, "Only `experimentIds` or `experimentNames`"],
  [{ filter_string: "a" } as object, "Did you mean `filterString`?"],
])("a contradiction or a misspelt name is refused at once: %j", (options, message) => {
  expect(() => mlflow.searchTraces(options)).toThrow(message);
  expect(() => mlflow.searchRuns(options)).toThrow(message);
});

test("a number after the value of a metric is its step", async () => {
  const runId = names["run two"]!;
  mlflow.setTrackingUri(mlflow.getTrackingUri());
  await mlflow.startRun({ runId }, async () => {
    await mlflow.logMetric("loss", 0.5, 3);
    await mlflow.logMetrics({ accuracy: 0.9 }, 4);
  });
  const [loss] = await mlflow.getMetricHistory(runId, "loss");
  const [accuracy] = await mlflow.getMetricHistory(runId, "accuracy");
  expect([loss?.step, accuracy?.step]).toEqual([3, 4]);
});
