import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { describeRunFiles } from "../runs/artifact-cases.js";
import { describeFluentRuns } from "../runs/run-cases.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(async () => {
  await mlflow.flushTraces();
  await server?.close();
});

describe("runs on an MLflow server", () => {
  describeFluentRuns(() => server.url);
});

describe("files of runs on an MLflow server", () => {
  describeRunFiles(() => server.url);
});

describe("files of runs in a local directory", () => {
  const directory = temporaryDirectory({ whenOver: afterAll });
  describeRunFiles(() => directory);
});

test("Python's client finds runs, their children and their traces", async () => {
  mlflow.setTrackingUri(server.url);
  const { experimentId } = await mlflow.setExperiment("for Python");
  mlflow.autolog();
  const { RunnableLambda } = await import("@langchain/core/runnables");
  const chain = RunnableLambda.from((text: string) => text.toUpperCase());
  const [outer, inner] = await mlflow.startRun({ runName: "outer" }, async (run) => {
    await chain.invoke("a");
    await mlflow.logMetric("score", 0.5);
    const child = await mlflow.startRun({ nested: true }, (active) => active);
    return [run.info.runId, child.info.runId];
  });
  await mlflow.flushTraces();
  const seen = await runPython(
    `
import json, mlflow
runs = mlflow.search_runs(["${experimentId}"], filter_string="tags.mlflow.parentRunId = '${outer}'", output_format="list")
traces = mlflow.search_traces(run_id="${outer}", locations=["${experimentId}"], return_type="list")
print(json.dumps([[r.info.run_id for r in runs], [t.data.spans[0].inputs for t in traces], mlflow.get_run("${outer}").data.metrics]))`,
    { env: { MLFLOW_TRACKING_URI: server.url } },
  );
  expect(seen).toEqual([[inner], ["a"], { score: 0.5 }]);
});
