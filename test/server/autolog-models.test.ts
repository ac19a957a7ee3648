import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { chooseActiveModel } from "../../src/context/active-model.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { collect } from "../support/outcome.js";
import { runExample } from "../support/page-examples.js";
import { runPython } from "../support/python.js";
import {
  TRANSLATION as ANSWER,
  TRANSLATION_INPUT as EXAMPLE,
  newTranslationChain as newChain,
} from "../support/translation.js";

const ALL = { logModels: true, logInputExamples: true, logModelSignatures: true };
const keys = () => ({ OPENAI_API_KEY: "sk-planted-0123456789abcdef", OPENAI_BASE_URL: openai.url });

let server: MlflowServer;
let openai: OpenAiServer;
const local = mkdtempSync(join(tmpdir(), "autolog-models-"));
let told: string[];

beforeAll(async () => {
  [server, openai] = await Promise.all([startMlflowServer(), startOpenAiServer()]);
  for (const [name, value] of Object.entries(keys())) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([server?.close(), openai?.close()]);
  rmSync(local, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment(task.name);
  told = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    told.push(String(line));
    return true;
  });
});
afterEach(() => {
  mlflow.autolog({ disable: true });
  vi.restoreAllMocks();
  chooseActiveModel(undefined);
});

const runsMade = async () => {
  await mlflow.flushTraces();
  return collect(mlflow.searchRuns({ orderBy: ["attributes.start_time ASC"] }));
};
const tracesMade = async () => {
  const traces = await collect(mlflow.searchTraces());
  return traces.sort((a, b) => a.info.requestTime - b.info.requestTime);
};

test("a chain that is called becomes a logged model that Python reads, and its traces name it", async () => {
  mlflow.autolog({ ...ALL, registeredModelName: "translator", extraTags: { team: "blue" } });
  const chain = newChain();
  const before = openai.calls();
  for (let call = 0; call < 3; call += 1) await chain.invoke(EXAMPLE);
  const runs = await runsMade();
  expect(runs).toHaveLength(1);
  expect(openai.calls() - before, "the user's own calls").toBe(3);
  const { runId, runName } = runs[0]!.info;
  expect(runName).toMatch(/^langchain-[a-z]+-[a-z]+-\d+$/);
  const read = await runPython<Record<string, unknown>>(
    `
import json, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri("${server.url}")
client = mlflow.MlflowClient()
run = client.get_run("${runId}")
model = Model.load("runs:/${runId}/model")
logged = client.get_logged_model(run.outputs.model_outputs[0].model_id)
path = mlflow.artifacts.download_artifacts("runs:/${runId}/model")
print(json.dumps({
  "status": run.info.status, "autologging": run.data.tags["mlflow.autologging"], "team": run.data.tags["team"],
  "name": logged.name, "logged": str(logged.status), "id": logged.model_id,
  "inputs": [one["name"] for one in model.signature.inputs.to_dict()], "outputs": model.signature.outputs.to_dict(),
  "example": model.load_input_example(path), "version": client.get_model_version("translator", "1").source}))`,
    { env: { MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false" } },
  );
  expect(read).toEqual({
    ...{ status: "FINISHED", autologging: "langchain", team: "blue" },
    ...{ name: "model", logged: "READY", id: expect.stringMatching(/^m-[0-9a-f]{32}$/) },
    inputs: ["input_language", "output_language", "input"],
    outputs: [{ type: "string", required: true }],
    ...{ example: EXAMPLE, version: `models:/${read.id}` },
  });
  const traces = await tracesMade();
  expect(traces).toHaveLength(3);
  for (const { info } of traces) {
    expect(info.traceMetadata).toMatchObject({
      ...{ "mlflow.sourceRun": runId, "mlflow.modelId": read.id },
    });
  }
  const model = await mlflow.pyfunc.loadModel("models:/translator/1");
  expect(await model.predict(EXAMPLE)).toEqual([ANSWER]);
  expect(told.filter((line) => line.includes("autolog"))).toEqual([]);
});

test("the traces of each chain name the chain's own model, unless the app has set an active model", async () => {
  mlflow.autolog(ALL);
  const [one, two] = [newChain(), newChain()];
  for (const chain of [one, two, one, two]) await chain.invoke(EXAMPLE);
  mlflow.setActiveModel({ modelId: "m-0123456789abcdef0123456789abcdef" });
  await one.invoke(EXAMPLE);
  await runsMade();
  const ids = (await tracesMade()).map(({ info }) => info.traceMetadata["mlflow.modelId"]);
  expect(new Set(ids).size).toBe(3);
  expect([ids[0], ids[1]]).toEqual([ids[2], ids[3]]);
  expect(ids[4]).toBe("m-0123456789abcdef0123456789abcdef");
});

test("models are logged without traces", async () => {
  mlflow.autolog({ ...ALL, logTraces: false });
  await newChain().invoke(EXAMPLE);
  expect(await runsMade()).toHaveLength(1);
  expect(await tracesMade()).toEqual([]);
});

test("a model that cannot be stored is logged as failed, with one warning; its call and its traces are unchanged", async () => {
  mlflow.autolog(ALL);
  const { store } = getPipeline().tracking.current();
  const { uploadArtifact } = store;
  const uploadFails = async () => {
    throw new Error("the disk is full");
  };
  Object.assign(store, { uploadArtifact: uploadFails });
  try {
    const [one, two] = [newChain(), newChain()];
    for (const chain of [one, two, one]) expect(await chain.invoke(EXAMPLE)).toBe(ANSWER);
    const runs = await runsMade();
    expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED", "FINISHED"]);
    expect(await tracesMade()).toHaveLength(3);
    expect(told.filter((line) => line.includes("autolog"))).toEqual([
      "langchain-mlflow: autolog() could not log a model: the disk is full\n",
    ]);
    const experimentIds = [runs[0]!.info.experimentId];
    const models = await store.searchLoggedModels({ experimentIds, filter: "name = 'model'" });
    expect(models.map(({ status }) => status)).toEqual(["FAILED", "FAILED"]);
  } finally {
    Object.assign(store, { uploadArtifact });
  }
});

test.each(["server", "local store"])(
  "the page's program, %s: run, model and trace",
  async (where) => {
    const trackingUri = where === "server" ? server.url : local;
    const env = { ...keys(), MLFLOW_TRACKING_URI: trackingUri };
    const [uri] = await runExample("page-scenario-1/autolog-model.mjs", { env });
    mlflow.setTrackingUri(trackingUri);
    const runId = uri!.split("/")[1]!;
    const run = await mlflow.getRun(runId);
    expect(run?.info.status).toBe("FINISHED");
    const answers = await runExample("page-scenario-1/call-model.mjs", { args: [uri!], env });
    expect(answers.map((line) => JSON.parse(line))).toEqual([ANSWER, [ANSWER]]);
  },
);

test("the preload logs models where the environment says so", async () => {
  const env = {
    ...{ ...keys(), MLFLOW_TRACKING_URI: local, MLFLOW_EXPERIMENT_NAME: "preload" },
    ...{ NODE_OPTIONS: "--import=langchain-mlflow/register", MLFLOW_LANGCHAIN_LOG_MODELS: "true" },
  };
  await runExample("translation-chain.mjs", { env });
  mlflow.setTrackingUri(local);
  await mlflow.setExperiment("preload");
  const [run] = await runsMade();
  const model = await mlflow.pyfunc.loadModel(`runs:/${run!.info.runId}/model`);
  expect(await model.predict(EXAMPLE)).toBe(ANSWER);
});

test("a process that ends at once leaves what can be written at once, and says what cannot", async () => {
  const program = `
    import { StringOutputParser } from "@langchain/core/output_parsers";
    import * as mlflow from "langchain-mlflow";
    mlflow.autolog(${JSON.stringify(ALL)});
    await new StringOutputParser().invoke("text");
    process.exit(0);`;
  const env = { ...process.env, MLFLOW_TRACKING_URI: local, MLFLOW_EXPERIMENT_NAME: "ending" };
  const args = ["--input-type=module", "--eval", program];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stderr).toBe(
    "langchain-mlflow: autolog() could not log a model: the process ended before the model was stored\n",
  );
  mlflow.setTrackingUri(local);
  await mlflow.setExperiment("ending");
  const [run] = await runsMade();
  expect(run!.info.status).toBe("FINISHED");
  const files = await mlflow.artifacts.listArtifacts({ runId: run!.info.runId });
  expect(files.map(({ path }) => path)).toEqual(["input_example.json", "signature.json"]);
  const [trace] = await tracesMade();
  expect(trace!.info.traceMetadata["mlflow.sourceRun"]).toBe(run!.info.runId);
});

test("of chains that a process makes one after the other, a hundred are logged", async () => {
  mlflow.setTrackingUri(local);
  mlflow.autolog({ logInputExamples: true });
  for (let chain = 0; chain < 120; chain += 1) {
    const prompt = ChatPromptTemplate.fromTemplate(`Say ${chain} {input}`);
    await prompt.pipe(new FakeListChatModel({ responses: ["yes"] })).invoke({ input: "hello" });
  }
  const count = (await runsMade()).length;
  // Those of the tests before count as well.
  expect(count).toBeGreaterThan(90);
  expect(count).toBeLessThanOrEqual(100);
  expect(told.filter((line) => line.includes("autolog() has logged 100"))).toHaveLength(1);
  expect(await tracesMade(), "traces go on").toHaveLength(120);
});
