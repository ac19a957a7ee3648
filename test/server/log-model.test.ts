import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { chooseActiveModel } from "../../src/context/active-model.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

const { logModel, loadModel } = mlflow.langchain;
const PAGE = { input_language: "English", output_language: "German", input: "I love programming." };
let server: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
const folder = mkdtempSync(join(tmpdir(), "langchain-mlflow-test-"));

beforeAll(async () => {
  [server, openai] = await Promise.all([startMlflowServer(), startOpenAiServer()]);
  process.env.OPENAI_API_KEY = "sk-planted";
  process.env.OPENAI_BASE_URL = openai.url;
});
afterAll(async () => {
  delete process.env.OPENAI_API_KEY;
  delete process.env.OPENAI_BASE_URL;
  mlflow.setActiveModel();
  await Promise.all([server?.close(), openai?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const translation = () =>
  ChatPromptTemplate.fromMessages([
    ["system", "You translate {input_language} to {output_language}."],
    ["human", "{input}"],
  ])
    .pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0 }))
    .pipe(new StringOutputParser());

const chain = () => new RunnablePassthrough().pipe(new StringOutputParser() as never);

const AGENT = `import * as mlflow from "langchain-mlflow";
import { RunnableLambda } from "@langchain/core/runnables";
const config = new mlflow.models.ModelConfig({ developmentConfig: { mark: "!" } });
mlflow.models.setModel(RunnableLambda.from((text) => \`\${process.env.GREETING ?? "hello"} \${text}\${config.get("mark")}\`));
`;

describe.each(["server", "local store"])("on a %s", (kind) => {
  beforeAll(async () => {
    mlflow.setTrackingUri(kind === "server" ? server.url : `file:${join(folder, "store")}`);
    await mlflow.setExperiment("models");
  });

  test("a chain is logged, and loads back both ways with the same answers", async () => {
    const chain = translation();
    const expected = await chain.invoke(PAGE);
    const { info, runId } = await mlflow.startRun({ runName: "page" }, async (run) => ({
      runId: run.info.runId,
      info: await logModel({ lcModel: chain, name: "model", inputExample: PAGE }),
    }));
    expect(info.runId).toBe(runId);
    expect(String(info.signature?.inputs)).toContain("'input_language': string (required)");
    expect(String(info.signature?.outputs)).toBe("[string (required)]");
    for (const uri of [info.modelUri, `runs:/${runId}/model`]) {
      // Data is no code, wherever it comes from.
      const loaded = await loadModel(uri, { allowRemoteCode: false });
      expect(await loaded.invoke(PAGE)).toBe(expected);
      expect(await (await mlflow.pyfunc.loadModel(uri)).predict(PAGE)).toEqual([expected]);
    }
  });

  test("a file of code is logged unchanged, with its configuration", async () => {
    const file = join(folder, "agent.mjs");
    writeFileSync(file, AGENT);
    const info = await logModel({
      lcModel: file,
      name: "agent",
      inputExample: "you",
      modelConfig: { mark: "?" },
    });
    expect(info.envVars).toContain("GREETING");
    expect(await (await loadModel(info.modelUri)).invoke("you")).toBe("hello you?");
    const other = await loadModel(info.modelUri, { modelConfig: { mark: "." } });
    expect(await other.invoke("you")).toBe("hello you.");
    const local = await mlflow.downloadArtifacts({
      artifactUri: info.modelUri,
      dstPath: mkdtempSync(join(folder, "agent-")),
    });
    expect(readFileSync(join(local, "agent.mjs"), "utf8")).toBe(AGENT);
    const refused = loadModel(info.modelUri, { allowRemoteCode: false });
    if (kind === "server") {
      await expect(refused).rejects.toThrow(
        /is a model from code, and its code comes from another machine\. It does not run, because allowRemoteCode is false/,
      );
    } else expect(await (await refused).invoke("you")).toBe("hello you?");
    await mlflow.endRun();
  });

  test("an example and no signature call the model exactly once", async () => {
    let calls = 0;
    const file = join(folder, "counted.mjs");
    writeFileSync(
      file,
      'import * as mlflow from "langchain-mlflow";\nimport { RunnableLambda } from "@langchain/core/runnables";\nmlflow.models.setModel(RunnableLambda.from((n) => globalThis.countModelCall(n)));',
    );
    Object.assign(globalThis, { countModelCall: (n: number) => ++calls + n });
    await logModel({ lcModel: file, inputExample: 1 });
    expect(calls).toBe(1);
    await mlflow.endRun();
  });

  test("a registered model has versions and aliases", async () => {
    const name = `registered ${kind}`;
    const lcModel = ChatPromptTemplate.fromMessages([["human", "{x}"]]);
    const log = () => logModel({ lcModel, name: "prompt", registeredModelName: name });
    expect((await log()).registeredModelVersion).toBe("1");
    expect((await log()).registeredModelVersion).toBe("2");
    await mlflow.setRegisteredModelAlias(name, "champion", "1");
    for (const uri of [`models:/${name}/1`, `models:/${name}/latest`, `models:/${name}@champion`]) {
      const loaded = await loadModel(uri);
      expect(JSON.stringify(await loaded.invoke({ x: "hi" }))).toContain("hi");
    }
    await mlflow.endRun();
  });

  test("nothing of the machine or its keys is in a model's files", async () => {
    const lcModel = ChatPromptTemplate.fromMessages([["human", "{x}"]]).pipe(
      new ChatOpenAI({
        model: "gpt-4o",
        apiKey: "sk-planted",
        configuration: { baseURL: openai.url, defaultHeaders: { "x-key": "planted-header" } },
      }),
    );
    const path = join(folder, `saved-${kind}`);
    await mlflow.langchain.saveModel({ lcModel, path, inputExample: { x: "hi" } });
    const texts = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"))
      .join("\n");
    for (const planted of ["planted", openai.url, process.cwd(), folder, "https://registry."])
      expect(texts).not.toContain(planted);
    expect(texts).toContain("OPENAI_API_KEY");
    expect(texts).toContain("OPENAI_BASE_URL");
  });

  test("logModel() throws the error message of Python's client for an object that cannot be logged", async () => {
    const throws = join(folder, "throws.mjs");
    writeFileSync(throws, 'throw new Error("boom at import");');
    const silent = join(folder, "silent.mjs");
    writeFileSync(silent, "export const nothing = 1;");
    await expect(logModel({ lcModel: join(folder, "none.mjs"), name: "m" })).rejects.toThrow(
      /does not exist\. Ensure the file path is valid/,
    );
    await expect(logModel({ lcModel: throws, name: "m" })).rejects.toThrow(
      /Failed to run user code from .*throws\.mjs\. Error: boom at import/,
    );
    await expect(logModel({ lcModel: silent, name: "m" })).rejects.toThrow(
      /ensure the model is set using mlflow\.models\.setModel/,
    );
    await expect(
      logModel({ lcModel: RunnableLambda.from((x: string) => x), name: "m" }),
    ).rejects.toThrow(/RunnableLambda/);
    const alone = { lcModel: translation(), inputExampleParams: { t: 1 } };
    await expect(logModel(alone)).rejects.toThrow(
      "`inputExampleParams` must be an object, and needs an `inputExample`",
    );
    const ofList = { inputExample: "x", inputExampleParams: ["x"] as never };
    await expect(logModel({ lcModel: translation(), ...ofList })).rejects.toThrow(
      "option `inputExampleParams` takes an object",
    );
    const withKey = { inputExample: "x", inputExampleParams: { maxTokens: 5, apiKey: "planted" } };
    await expect(logModel({ lcModel: translation(), ...withKey })).rejects.toThrow(
      /`inputExampleParams` is stored with the model, and its field 'apiKey' looks like/,
    );
    await expect(logModel({ lcModel: translation(), name: "a/b" })).rejects.toThrow(
      /Invalid model name \('a\/b'\)/,
    );
    await expect(loadModel(join(folder, "nowhere"))).rejects.toThrow(
      /please ensure that the path is correct/,
    );
  });
});

describe("a logged model of a server", () => {
  const agent = join(folder, "marking.mjs");

  beforeAll(async () => {
    mlflow.setTrackingUri(server.url);
    await mlflow.setExperiment("models");
    writeFileSync(
      agent,
      `import * as mlflow from "langchain-mlflow";
       const config = new mlflow.models.ModelConfig({ developmentConfig: { mark: "!" } });
       mlflow.models.setModel({ invoke: async (text, { mark } = {}) => text + (mark || config.get("mark")) });`,
    );
  });

  test("a model of a run is a logged model, linked to it, and loads by either URI", async () => {
    const { info, page, runId } = await mlflow.startRun(async (run) => ({
      runId: run.info.runId,
      info: await logModel({
        ...{ lcModel: agent, name: "agent", step: 3 },
        ...{ inputExample: "How far?", inputExampleParams: { mark: "." } },
        ...{ params: { temperature: 0.5 }, tags: { team: "blue" }, modelType: "agent" },
        metadata: { made: "by hand" },
      }),
      page: await logModel({ lcModel: translation(), name: "page", inputExample: PAGE }),
    }));
    expect(info).toMatchObject({
      ...{
        modelUri: `models:/${info.modelId}`,
        modelId: expect.stringMatching(/^m-[0-9a-f]{32}$/),
      },
      ...{ name: "agent", runId, modelUuid: info.modelId, metadata: { made: "by hand" } },
      artifactPath: expect.stringMatching(/^mlflow-artifacts:\/.*\/artifacts$/),
      ...{ params: { temperature: "0.5" }, registeredModelVersion: undefined },
      utcTimeCreated: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
    });
    for (const uri of [info.modelUri, `runs:/${runId}/agent`, info.artifactPath]) {
      expect(await (await loadModel(uri)).invoke("text")).toBe("text!");
      const model = await mlflow.pyfunc.loadModel(uri, { modelConfig: { mark: "?" } });
      expect(await model.predict(["one", "two"], { mark: "" })).toEqual(["one?", "two?"]);
      expect(await model.predict("one")).toEqual(["one."]);
      expect(model.metadata).toMatchObject({ modelId: info.modelId, runId });
      expect(model.inputExample).toBe("How far?");
    }
    const read = await runPython(
      `
import json, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri("${server.url}")
client = mlflow.MlflowClient()
def read(uri):
  path = mlflow.artifacts.download_artifacts(uri)
  model, logged = Model.load(uri), client.get_logged_model(uri.split("/")[-1])
  return {"signature": model.signature.to_dict(), "example": model.load_input_example(path), "exampleParams": model.load_input_example_params(path),
    "flavors": list(model.flavors), "metadata": model.metadata, "modelId": model.model_id, "status": str(logged.status), "name": logged.name,
    "params": logged.params, "type": logged.model_type, "tags": logged.tags, "run": logged.source_run_id}
run = client.get_run("${runId}")
print(json.dumps({"agent": read("${info.modelUri}"), "page": read("${page.modelUri}"), "outputs": [[one.model_id, one.step] for one in run.outputs.model_outputs],
  "metadata": mlflow.models.get_model_info("${info.modelUri}").metadata}))`,
      { env: { MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false" } },
    );
    const both = { flavors: ["langchainjs", "python_function"], status: "READY", run: runId };
    expect(read).toMatchObject({
      agent: {
        ...{
          ...both,
          name: "agent",
          modelId: info.modelId,
          type: "agent",
          metadata: { made: "by hand" },
        },
        ...{
          params: { temperature: "0.5" },
          tags: { team: "blue", "mlflow.user": userInfo().username },
        },
        ...{
          example: "How far?",
          exampleParams: { mark: "." },
          signature: info.signature?.toDict(),
        },
      },
      page: {
        ...{ ...both, name: "page", modelId: page.modelId, metadata: null },
        ...{ example: PAGE, exampleParams: null, signature: page.signature?.toDict() },
      },
      outputs: expect.arrayContaining([
        [info.modelId, 3],
        [page.modelId, 0],
      ]),
      metadata: { made: "by hand" },
    });
  });

  test("without a run no run is made, and a wrong name throws before anything is sent", async () => {
    const info = await logModel({ lcModel: chain() });
    expect(info).toMatchObject({ runId: undefined, name: "model" });
    expect(mlflow.activeRun()).toBeUndefined();
    for (const name of ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", ""]) {
      await expect(logModel({ lcModel: chain(), name })).rejects.toThrow(/Invalid model name \('?/);
    }
  });

  test("a registered model loads by version, by alias and as latest, and Python's client finds it", async () => {
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

  test("dependencies are returned without loading the model", async () => {
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
    const { store } = getPipeline().tracking.current();
    const { uploadArtifact } = store;
    Object.assign(store, {
      uploadArtifact: async () => {
        throw new Error("the disk is full");
      },
    });
    await expect(logModel({ lcModel: chain(), name: "failing" })).rejects.toThrow(
      "the disk is full",
    );
    Object.assign(store, { uploadArtifact });
    const after = await searchModels();
    expect(after.filter((one) => !before.includes(one))).toEqual([
      "failing LOGGED_MODEL_UPLOAD_FAILED",
    ]);
  });
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
