import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { collect } from "../support/outcome.js";
import { runPython } from "../support/python.js";

let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
  mlflow.setTrackingUri(server.url);
});
afterAll(async () => {
  await mlflow.flushTraces();
  await server?.close();
});

const chain = RunnableLambda.from((text: string) => text.toUpperCase()).withConfig({
  runName: "upper",
});
const call = (options: mlflow.MlflowLangchainTracerOptions, text = "a") =>
  chain.invoke(text, { callbacks: [new mlflow.MlflowLangchainTracer(options)] });

test("its traces go to the experiment it names, the others to the active one", async () => {
  const { experimentId } = await mlflow.setExperiment("active");
  await call({}, "here");
  await call({ experimentName: "made by a tracer" }, "there");
  const here = await collect(mlflow.searchTraces({ experimentIds: [experimentId] }));
  expect(here.map(({ info }) => info.requestPreview)).toEqual(['"here"']);
  const printed = await runPython(
    `
import json, mlflow
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("made by a tracer")
traces = client.search_traces(locations=[experiment.experiment_id])
print(json.dumps([[trace.info.request_preview, trace.data.spans[0].name] for trace in traces]))
`,
    { env: { MLFLOW_TRACKING_URI: server.url } },
  );
  expect(printed).toEqual([['"there"', "upper"]]);
});

test("its traces are found by its tags, its session and its parent", async () => {
  const { experimentId } = await mlflow.setExperiment("marks");
  await call({ tags: { team: "search" } }, "tagged");
  const [parent] = await collect(mlflow.searchTraces({ experimentIds: [experimentId] }));
  const parentSpan = parent!.data.spans[0]!;
  await call({ parentSpan, sessionId: "s-1" }, "child");
  const find = async (filter: string) => {
    const traces = await collect(mlflow.searchTraces({ experimentIds: [experimentId], filter }));
    return traces.map(({ info }) => info.requestPreview);
  };
  expect(await find("tags.team = 'search'")).toEqual(['"tagged"']);
  expect(await find("metadata.`mlflow.trace.session` = 's-1'")).toEqual(['"child"']);
  expect(await find(`metadata.\`langchain.parent_trace_id\` = '${parentSpan.traceId}'`)).toEqual([
    '"child"',
  ]);
});

test("in a run its traces name the run, also in an experiment of their own", async () => {
  await mlflow.setExperiment("runs");
  const { experimentId } = await mlflow.setExperiment("elsewhere");
  await mlflow.setExperiment("runs");
  const runId = await mlflow.startRun(async ({ info }) => {
    await call({ experimentName: "elsewhere" }, "in a run");
    return info.runId;
  });
  const [trace] = await collect(mlflow.searchTraces({ experimentIds: [experimentId] }));
  expect(trace?.info.traceMetadata["mlflow.sourceRun"]).toBe(runId);
});
