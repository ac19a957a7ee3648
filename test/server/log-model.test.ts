import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

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
  await Promise.all([server.close(), openai.close()]);
});

const page = () =>
  ChatPromptTemplate.fromMessages([
    ["system", "You translate {input_language} to {output_language}."],
    ["human", "{input}"],
  ])
    .pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0 }))
    .pipe(new StringOutputParser());

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
    const chain = page();
    const expected = await chain.invoke(PAGE);
    const { info, runId } = await mlflow.startRun({ runName: "page" }, async (run) => ({
      runId: run.info.runId,
      info: await mlflow.langchain.logModel({ lcModel: chain, name: "model", inputExample: PAGE }),
    }));
    expect(info.runId).toBe(runId);
    expect(String(info.signature?.inputs)).toContain("'input_language': string (required)");
    expect(String(info.signature?.outputs)).toBe("[string (required)]");
    for (const uri of [info.modelUri, `runs:/${runId}/model`]) {
      expect(await (await mlflow.langchain.loadModel(uri)).invoke(PAGE)).toBe(expected);
      expect(await (await mlflow.pyfunc.loadModel(uri)).predict(PAGE)).toEqual([expected]);
    }
  });

  test("a file of code is logged as it is, with its configuration", async () => {
    const file = join(folder, "agent.mjs");
    writeFileSync(file, AGENT);
    const info = await mlflow.langchain.logModel({
      lcModel: file,
      name: "agent",
      inputExample: "you",
      modelConfig: { mark: "?" },
    });
    expect(info.envVars).toContain("GREETING");
    expect(await (await mlflow.langchain.loadModel(info.modelUri)).invoke("you")).toBe(
      "hello you?",
    );
    const other = await mlflow.langchain.loadModel(info.modelUri, { modelConfig: { mark: "." } });
    expect(await other.invoke("you")).toBe("hello you.");
    const local = await mlflow.downloadArtifacts({
      artifactUri: info.modelUri,
      dstPath: mkdtempSync(join(folder, "agent-")),
    });
    expect(readFileSync(join(local, "agent.mjs"), "utf8")).toBe(AGENT);
    const refused = mlflow.langchain.loadModel(info.modelUri, { allowRemoteCode: false });
    if (kind === "server") await expect(refused).rejects.toThrow("allowRemoteCode");
    else expect(await (await refused).invoke("you")).toBe("hello you?");
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
    await mlflow.langchain.logModel({ lcModel: file, inputExample: 1 });
    expect(calls).toBe(1);
    await mlflow.endRun();
  });

  test("a registered model has versions and aliases", async () => {
    const name = `registered ${kind}`;
    const lcModel = ChatPromptTemplate.fromMessages([["human", "{x}"]]);
    const log = () =>
      mlflow.langchain.logModel({ lcModel, name: "prompt", registeredModelName: name });
    expect((await log()).registeredModelVersion).toBe("1");
    expect((await log()).registeredModelVersion).toBe("2");
    await mlflow.setRegisteredModelAlias(name, "champion", "1");
    for (const uri of [`models:/${name}/1`, `models:/${name}/latest`, `models:/${name}@champion`]) {
      const loaded = await mlflow.langchain.loadModel(uri);
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

  test("what cannot be logged is told with Python's words", async () => {
    const { logModel } = mlflow.langchain;
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
    await expect(logModel({ lcModel: page(), name: "a/b" })).rejects.toThrow(
      /Invalid model name \('a\/b'\)/,
    );
    await expect(mlflow.langchain.loadModel(join(folder, "nowhere"))).rejects.toThrow(
      /please ensure that the path is correct/,
    );
  });
});

test("Python reads the model, its signature and its example", async () => {
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment("models");
  const info = await mlflow.startRun(() =>
    mlflow.langchain.logModel({
      lcModel: page(),
      name: "for python",
      inputExample: PAGE,
      metadata: { team: "search" },
      params: { temperature: 0 },
      tags: { stage: "test" },
    }),
  );
  const read = await runPython<Record<string, unknown>>(`
import json, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri(${JSON.stringify(server.url)})
model = Model.load(${JSON.stringify(info.modelUri)})
logged = mlflow.get_logged_model(${JSON.stringify(info.modelId)})
path = mlflow.artifacts.download_artifacts(${JSON.stringify(info.modelUri)})
print(json.dumps({"signature": model.signature.to_dict(), "example": model.load_input_example(path), "flavors": list(model.flavors), "metadata": model.metadata,
  "model_id": model.model_id, "status": str(logged.status), "name": logged.name, "source_run_id": logged.source_run_id, "params": logged.params, "stage": logged.tags["stage"]}))
`);
  expect(read).toMatchObject({
    signature: info.signature?.toDict(),
    example: PAGE,
    flavors: ["langchainjs"],
    metadata: { team: "search" },
    model_id: info.modelId,
    status: "READY",
    name: "for python",
    source_run_id: info.runId,
    params: { temperature: "0" },
    stage: "test",
  });
});
