import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { describeRuns, START_MS } from "../store/run-store-cases.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";

let server: MlflowServer;
let rest: TrackingStore;
const directory = temporaryDirectory({ whenOver: afterAll });
const local = createFileStore({ directory });

beforeAll(async () => {
  server = await startMlflowServer();
  rest = openRestStore(server.url);
});
afterAll(async () => {
  await rest?.close();
  await server?.close();
});

describe("runs on an MLflow server", () => {
  describeRuns(() => rest);
});

describe.each([
  ["an MLflow server", () => rest, () => server.url],
  ["a local directory", () => local, () => pathToFileURL(directory).href],
])("Python's client, of a run on %s", (_, open, uri) => {
  test("reads all data", async () => {
    const store = open();
    const experimentId = await store.createExperiment("read by Python");
    const run = await store.createRun({
      experimentId,
      runName: "größe",
      userId: "ada",
      startTimeMs: START_MS,
      tags: { "mlflow.source.type": "LOCAL" },
    });
    const { runId } = run.info;
    const points = [1, 2, 3].map((step) => ({
      key: "eval/loss",
      value: 1 / step,
      timestampMs: START_MS + step,
      step,
    }));
    const verdicts = [
      await store.writeRun(runId, {
        kind: "logBatch",
        metrics: [...points, { key: "nan", value: Number.NaN, timestampMs: 1, step: 0 }],
        params: { "a b": "한국어 ü\n", "x/y": "" },
        tags: { team: "ml" },
      }),
      await store.writeRun(runId, {
        kind: "logInputs",
        datasets: [
          {
            dataset: { name: "d", digest: "1", sourceType: "code", source: "{}", profile: "{}" },
            tags: { "mlflow.data.context": "eval" },
          },
        ],
      }),
      await store.writeRun(runId, {
        kind: "update",
        status: "FINISHED",
        endTimeMs: START_MS + 10,
      }),
    ];
    expect(verdicts.map(({ state }) => state)).toEqual(["stored", "stored", "stored"]);
    const seen = await runPython<unknown>(
      `
import json, mlflow
client = mlflow.MlflowClient()
run = client.get_run("${runId}")
found = mlflow.search_runs(["${experimentId}"], filter_string="metrics.\`eval/loss\` < 0.5", output_format="list")
print(json.dumps({
  "name": run.info.run_name, "status": run.info.status, "start": run.info.start_time, "end": run.info.end_time,
  "user": run.info.user_id, "metrics": {k: str(v) for k, v in run.data.metrics.items()}, "params": run.data.params, "tags": run.data.tags,
  "history": [[m.value, m.timestamp, m.step] for m in client.get_metric_history("${runId}", "eval/loss")],
  "inputs": [[i.dataset.name, i.dataset.digest, i.dataset.source_type, {t.key: t.value for t in i.tags}] for i in run.inputs.dataset_inputs],
  "found": [r.info.run_id for r in found]}))`,
      { env: { MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_TRACKING_URI: uri() } },
    );
    expect(seen).toEqual({
      name: "größe",
      status: "FINISHED",
      start: START_MS,
      end: START_MS + 10,
      user: "ada",
      metrics: { "eval/loss": String(1 / 3), nan: "nan" },
      params: { "a b": "한국어 ü\n", "x/y": "" },
      tags: { "mlflow.source.type": "LOCAL", "mlflow.runName": "größe", team: "ml" },
      history: points.map(({ value, timestampMs, step }) => [value, timestampMs, step]),
      inputs: [["d", "1", "code", { "mlflow.data.context": "eval" }]],
      found: [runId],
    });
  });

  test("continues a run that we started", async () => {
    const store = open();
    const { info } = await store.createRun({
      experimentId: "0",
      userId: "ada",
      startTimeMs: START_MS,
      tags: {},
    });
    await store.writeRun(info.runId, { kind: "logBatch", params: { a: "1" } });
    await runPython(
      `
import mlflow
with mlflow.start_run(run_id="${info.runId}", run_name="two words") as run:
    mlflow.log_param("b", 2)
    mlflow.log_metric("inf", float("inf"), step=7)
    mlflow.set_tag("c", "3")`,
      {
        env: {
          MLFLOW_ALLOW_FILE_STORE: "true",
          MLFLOW_TRACKING_URI: uri(),
          MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
        },
      },
    );
    const found = await store.getRun(info.runId);
    expect(found).toMatchObject({
      info: { status: "FINISHED", runName: "two words", endTimeMs: expect.any(Number) },
      data: { params: { a: "1", b: "2" }, tags: { c: "3" } },
    });
    expect(found?.data.metrics.inf).toBeGreaterThan(1e308);
    await store.writeRun(info.runId, { kind: "update", status: "KILLED" });
    expect((await store.getRun(info.runId))?.info.status).toBe("KILLED");
  });
});
