import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnablePassthrough } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseActiveModel } from "../../src/context/active-model.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

const { logModel, loadModel } = mlflow.langchain;
let server: MlflowServer;
let agent: string;
const directory = mkdtempSync(join(tmpdir(), "logged-models-"));

beforeAll(async () => {
  server = await startMlflowServer();
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment("models");
  // Its imports are found from here: it is not stored here.
  agent = join(directory, "agent.mjs");
  writeFileSync(
    agent,
    `import * as mlflow from "langchain-mlflow";
     const config = new mlflow.models.ModelConfig({ developmentConfig: { mark: "!" } });
     mlflow.models.setModel({ invoke: async (text) => text + config.get("mark") });`,
  );
  process.argv[1] = resolve("app.mjs");
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const chain = () => new RunnablePassthrough().pipe(new StringOutputParser() as never);

test("a model of a run is a logged model, linked to it, and loads by either URI", async () => {
  const { info, runId } = await mlflow.startRun(async (run) => ({
    runId: run.info.runId,
    info: await logModel({
      ...{ lcModel: agent, name: "agent", inputExample: "How far?", step: 3 },
      ...{ params: { temperature: 0.5 }, tags: { team: "blue" }, modelType: "agent" },
      metadata: { made: "by hand" },
    }),
  }));
  expect(info).toMatchObject({
    ...{ modelUri: `models:/${info.modelId}`, modelId: expect.stringMatching(/^m-[0-9a-f]{32}$/) },
    ...{ name: "agent", runId, modelUuid: info.modelId, metadata: { made: "by hand" } },
    artifactPath: expect.stringMatching(/^mlflow-artifacts:\/.*\/artifacts$/),
    ...{ params: { temperature: "0.5" }, registeredModelVersion: undefined },
    utcTimeCreated: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
  });
  for (const uri of [info.modelUri, `runs:/${runId}/agent`, info.artifactPath]) {
    expect(await (await loadModel(uri)).invoke("text")).toBe("text!");
    const model = await mlflow.pyfunc.loadModel(uri, { modelConfig: { mark: "?" } });
    expect(await model.predict(["one", "two"])).toEqual(["one?", "two?"]);
    expect(model.metadata).toMatchObject({ modelId: info.modelId, runId });
    expect(model.inputExample).toBe("How far?");
  }
  const read = await runPython(
    `
import json, mlflow
mlflow.set_tracking_uri("${server.url}")
client = mlflow.MlflowClient()
model = client.get_logged_model("${info.modelId}")
run = client.get_run("${runId}")
print(json.dumps({"status": str(model.status), "name": model.name, "params": model.params, "type": model.model_type,
  "team": model.tags["team"], "run": model.source_run_id,
  "outputs": [[one.model_id, one.step] for one in run.outputs.model_outputs],
  "metadata": mlflow.models.get_model_info("${info.modelUri}").metadata}))`,
    { env: { MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false" } },
  );
  expect(read).toEqual({
    ...{ status: "READY", name: "agent", params: { temperature: "0.5" } },
    ...{ type: "agent", team: "blue", run: runId, outputs: [[info.modelId, 3]] },
    metadata: { made: "by hand" },
  });
});

test("without a run there is none, and MlflowException tells a wrong name before anything is sent", async () => {
  const info = await logModel({ lcModel: chain() });
  expect(info).toMatchObject({ runId: undefined, name: "model" });
  expect(mlflow.activeRun()).toBeUndefined();
  for (const name of ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", ""]) {
    await expect(logModel({ lcModel: chain(), name })).rejects.toThrow(/Invalid model name \('?/);
  }
});

test("versions, aliases and the latest of a registered model load, and Python sees them", async () => {
  const first = await logModel({ lcModel: agent, registeredModelName: "answering" });
  expect(first.registeredModelVersion).toBe("1");
  const { modelUri } = await logModel({ lcModel: agent, modelConfig: { mark: "2" } });
  const second = await mlflow.registerModel(modelUri, "answering", { tags: { good: "yes" } });
  expect(second).toMatchObject({ name: "answering", version: "2" });
  await mlflow.setRegisteredModelAlias("answering", "champion", 1);
  const said = async (uri: string) => (await loadModel(uri)).invoke("text");
  expect(await said("models:/answering/1")).toBe("text!");
  expect(await said("models:/answering/2")).toBe("text2");
  expect(await said("models:/answering/latest")).toBe("text2");
  expect(await said("models:/answering@champion")).toBe("text!");
  const read = await runPython(
    `
import json, mlflow
mlflow.set_tracking_uri("${server.url}")
client = mlflow.MlflowClient()
one = client.get_model_version_by_alias("answering", "champion")
two = client.get_model_version("answering", "2")
versions = lambda id: json.loads(client.get_logged_model(id).tags["mlflow.modelVersions"])
logged = [[[one["name"], str(one["version"])] for one in versions(id)] for id in ("${first.modelId}", "${modelUri.slice("models:/".length)}")]
print(json.dumps([str(one.version), str(two.version), two.tags, logged]))`,
  );
  expect(read).toEqual([
    ...["1", "2", { good: "yes" }],
    ["1", "2"].map((version) => [["answering", version]]),
  ]);
  await mlflow.deleteRegisteredModelAlias("answering", "champion");
  await expect(loadModel("models:/answering@champion")).rejects.toThrow(mlflow.MlflowException);
});

test("code of another machine is refused where that is asked, data is not", async () => {
  const { modelUri } = await logModel({ lcModel: agent });
  await expect(loadModel(modelUri, { allowRemoteCode: false })).rejects.toThrow(
    /is a model from code, and its code comes from another machine: with allowRemoteCode: false it is not run/,
  );
  const data = await logModel({ lcModel: chain() });
  const loaded = await loadModel(data.modelUri, { allowRemoteCode: false });
  expect(await loaded.invoke("text")).toBe("text");
});

test("dependencies are told without loading the model", async () => {
  const { modelUri } = await logModel({ lcModel: agent, extraDependencies: ["pg@8.11.0"] });
  expect(await mlflow.pyfunc.getModelDependencies(modelUri)).toEqual({
    "@langchain/core": expect.stringMatching(/^1\./),
    ...{ "langchain-mlflow": expect.stringMatching(/^\d/), pg: "8.11.0" },
  });
});

test("traces name the model that was logged or loaded last, or the one that was chosen", async () => {
  mlflow.autolog();
  const modelOf = async () => {
    await new StringOutputParser().invoke("text");
    await mlflow.flushTraces();
    const { items } = await mlflow.searchTraces({ maxResults: 1 }).page();
    return items[0]?.info.traceMetadata["mlflow.modelId"];
  };
  try {
    const one = await logModel({ lcModel: agent });
    expect(await modelOf()).toBe(one.modelId);
    const two = await logModel({ lcModel: chain() });
    expect(await modelOf()).toBe(two.modelId);
    await loadModel(one.modelUri);
    expect(await modelOf()).toBe(one.modelId);
    process.env.MLFLOW_ACTIVE_MODEL_ID = two.modelId as string;
    expect(await modelOf()).toBe(two.modelId);
    mlflow.setActiveModel({ modelId: one.modelId as string });
    expect(await modelOf()).toBe(one.modelId);
    await loadModel(two.modelUri);
    expect(await modelOf()).toBe(one.modelId);
    mlflow.setActiveModel();
    delete process.env.MLFLOW_ACTIVE_MODEL_ID;
    expect(await modelOf()).toBeUndefined();
  } finally {
    delete process.env.MLFLOW_ACTIVE_MODEL_ID;
    chooseActiveModel(undefined);
    mlflow.autolog({ disable: true });
  }
});

test("an upload that fails leaves a logged model that says so", async () => {
  const before = await searchModels();
  const store = (await import("../../src/pipeline/pipeline.js"))
    .getPipeline()
    .tracking.current().store;
  const { uploadArtifact } = store;
  Object.assign(store, {
    uploadArtifact: async () => {
      throw new Error("the disk is full");
    },
  });
  await expect(logModel({ lcModel: chain(), name: "failing" })).rejects.toThrow("the disk is full");
  Object.assign(store, { uploadArtifact });
  const after = await searchModels();
  expect(after.filter((one) => !before.includes(one))).toEqual([
    "failing LOGGED_MODEL_UPLOAD_FAILED",
  ]);
});

async function searchModels(): Promise<string[]> {
  const experiment = await mlflow.setExperiment("models");
  const answer = await fetch(`${server.url}/api/2.0/mlflow/logged-models/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ experiment_ids: [experiment.experimentId], max_results: 50 }),
  });
  const { models = [] } = (await answer.json()) as {
    models?: { info: { name: string; status: string } }[];
  };
  return models.map(({ info }) => `${info.name} ${info.status}`);
}
