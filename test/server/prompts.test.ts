import { RunnablePassthrough } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { MLFLOW_VERSIONS } from "./versions.js";

const { genai } = mlflow;

const TEXT = 'Hi {{ name }} 🦜 {"a": {{n}}} {{1}}';
const CHAT = [
  { role: "system", content: 'Answer as {"a": 1}, in "{{style}}".' },
  { role: "user", content: "{{question}}\né" },
];

const LINKED = '[{"name": "in-model", "version": "1"}]';

describe.each(MLFLOW_VERSIONS)("prompts on MLflow %s", (version) => {
  let server: MlflowServer;

  beforeAll(async () => {
    server = await startMlflowServer({ version });
    mlflow.setTrackingUri(server.url);
    await mlflow.setExperiment("prompts");
  });
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await mlflow.flushTraces();
    await server?.close();
  });

  function python<T>(program: string): Promise<T> {
    return runPython<T>(
      `import json, mlflow\nfrom mlflow import genai\nout = None\n${program}\nprint(json.dumps(out))`,
      {
        version,
        env: { MLFLOW_TRACKING_URI: server.url, MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true" },
      },
    );
  }

  test("Python loads what is registered here", async () => {
    const responseFormat = z.object({ answer: z.string() });
    const modelConfig = { modelName: "gpt-4o", temperature: 0.5, maxTokens: 9, seed: 1 };
    const common = { name: "ours", commitMessage: "why", tags: { team: "docs" } };
    await genai.registerPrompt({ ...common, template: TEXT });
    await genai.registerPrompt({ ...common, template: CHAT, responseFormat, modelConfig });
    await genai.setPromptAlias("ours", "live", 1);
    await genai.setPromptTag("ours", "of", "prompt");
    await genai.setPromptVersionTag("ours", 2, "of", "version");

    const read = await python<Record<string, unknown>>(`
one, two = genai.load_prompt("prompts:/ours@live"), genai.load_prompt("ours", 2)
out = {
  "text": one.template, "variables": sorted(one.variables), "aliases": list(one.aliases), "message": one.commit_message,
  "formatted": one.format(name="Ada", n=1), "chat": two.template, "config": two.model_config,
  "format": two.response_format["properties"], "tags": two.tags, "latest": genai.load_prompt("ours").version,
  "promptTags": {k: v for k, v in genai.get_prompt_tags("ours").items() if not k.startswith(("_", "mlflow."))},
  "found": [p.name for p in genai.search_prompts()],
}`);
    const ours = await genai.loadPrompt("prompts:/ours@live");
    expect(read).toEqual({
      ...{ text: TEXT, variables: ["n", "name"], aliases: ["live"], message: "why", chat: CHAT },
      formatted: ours.format({ name: "Ada", n: 1 }),
      config: { model_name: "gpt-4o", temperature: 0.5, max_tokens: 9, seed: 1 },
      format: { answer: { type: "string" } },
      tags: { team: "docs", of: "version" },
      promptTags: { team: "docs", of: "prompt" },
      ...{ latest: 2, found: ["ours"] },
    });
  });

  test("what Python registers is loaded here", async () => {
    await python(`
genai.register_prompt("theirs", ${JSON.stringify(TEXT)}, commit_message="why", tags={"team": "docs"})
genai.register_prompt("theirs", ${JSON.stringify(CHAT)}, response_format={"type": "object"},
  model_config={"model_name": "gpt-4o", "top_p": 0.5, "seed": 1})
genai.set_prompt_alias("theirs", "live", 1)`);
    const live = await genai.loadPrompt("prompts:/theirs@live");
    expect(live).toMatchObject({
      ...{ name: "theirs", version: 1, template: TEXT, commitMessage: "why", aliases: ["live"] },
      ...{ tags: { team: "docs" }, modelConfig: undefined, responseFormat: undefined },
    });
    expect(live.creationTimestampMs).toBeGreaterThan(Date.now() - 3_600_000);
    expect(await genai.loadPrompt("theirs")).toMatchObject({
      ...{ version: 2, template: CHAT, responseFormat: { type: "object" } },
      modelConfig: { modelName: "gpt-4o", topP: 0.5, seed: 1 },
    });
    const found: string[] = [];
    for await (const { name } of genai.searchPrompts({ filter: "name LIKE 'their%'" })) {
      found.push(name);
    }
    expect(found).toEqual(["theirs"]);
    expect(await genai.loadPrompt("theirs", { version: 9, allowMissing: true })).toBeUndefined();
    expect(await genai.loadPrompt("prompts:/theirs@no", { allowMissing: true })).toBeUndefined();
    expect(await genai.loadPrompt("no", { allowMissing: true })).toBeUndefined();
    await expect(genai.loadPrompt("no")).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
  });

  test("the experiment lists the prompt, and models do not", async () => {
    await genai.registerPrompt({ name: "listed", template: "x" });
    const { experimentId } = await mlflow.setExperiment("prompts");
    const { items } = await genai
      .searchPrompts({ filter: `experiment_id = '${experimentId}' AND name = 'listed'` })
      .page();
    expect(items.map(({ name }) => name)).toEqual(["listed"]);
    const client = new mlflow.MlflowClient();
    expect((await client.searchRegisteredModels()).registeredModels).toEqual([]);
    await client.createRegisteredModel({ name: "model" });
    await expect(genai.registerPrompt({ name: "model", template: "x" })).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  });

  test("the tag with the experiments of a prompt is the one that Python leaves", async () => {
    const experiments = ["prompts-a", "prompts-b", "prompts-c"];
    const ids: string[] = [];
    for (const name of experiments) ids.push((await mlflow.setExperiment(name)).experimentId);
    const client = new mlflow.MlflowClient();
    const tagOf = async (name: string) =>
      (await client.getRegisteredModel({ name })).tags._mlflow_experiment_ids;
    const steps = [
      { python: `genai.register_prompt("tagged-there", "x")`, ours: register },
      { python: `genai.register_prompt("tagged-there", "y")`, ours: register },
      { python: `genai.load_prompt("tagged-there")`, ours: () => genai.loadPrompt("tagged") },
    ];
    for (const [index, { python: program, ours }] of steps.entries()) {
      const experiment = experiments[index] ?? "";
      await python(`mlflow.set_experiment("${experiment}")\n${program}`);
      await mlflow.setExperiment(experiment);
      await ours();
      const expected = `,${ids.slice(0, index + 1).join(",")},`;
      expect(await tagOf("tagged-there")).toBe(expected);
      await vi.waitFor(async () => expect(await tagOf("tagged")).toBe(expected), 20_000);
    }
    await mlflow.setExperiment("prompts");

    function register() {
      return genai.registerPrompt({ name: "tagged", template: "x" });
    }
  });

  test("the server finds the trace of a chain by its prompt", async () => {
    const prompt = await genai.registerPrompt({ name: "linked", template: "Hi {{name}}" });
    mlflow.autolog({ silent: true });
    const chain = prompt.toLangChain().pipe(new FakeListChatModel({ responses: ["yes"] }));
    await chain.invoke({ name: "Ada" });
    const byChain = mlflow.getLastActiveTraceId();
    await mlflow.withSpan(() => genai.loadPrompt("linked"));
    const byLoading = mlflow.getLastActiveTraceId();
    await mlflow.flushTraces();
    const found = new Set<string>();
    for await (const { info } of mlflow.searchTraces({
      filter: "attributes.prompt = 'linked/1'",
    })) {
      found.add(info.traceId);
      expect(JSON.parse(info.tags["mlflow.linkedPrompts"] ?? "")).toEqual([
        { name: "linked", version: "1" },
      ]);
    }
    expect(found).toEqual(new Set([byChain, byLoading]));
  });

  test("a prompt that is loaded in a run is linked to the run as Python links it", async () => {
    for (const template of ["x", "y"]) await genai.registerPrompt({ name: "in-run", template });
    const { runId } = await mlflow.startRun({}, async ({ info }) => {
      await genai.loadPrompt("in-run", { version: 2 });
      await genai.loadPrompt("prompts:/in-run/1");
      await genai.loadPrompt("in-run", { version: 2 });
      return info;
    });
    const theirs = await python<string>(`
mlflow.set_experiment("prompts")
with mlflow.start_run() as run:
  genai.load_prompt("in-run", 2)
  genai.load_prompt("prompts:/in-run/1")
  genai.load_prompt("in-run", 2)
out = mlflow.get_run(run.info.run_id).data.tags["mlflow.linkedPrompts"]`);
    expect((await mlflow.getRun(runId)).data.tags["mlflow.linkedPrompts"]).toBe(theirs);
    // A run that is resumed keeps its prompts.
    await genai.registerPrompt({ name: "resumed", template: "x" });
    await mlflow.startRun({ runId }, () => genai.loadPrompt("resumed"));
    expect((await mlflow.getRun(runId)).data.tags["mlflow.linkedPrompts"]).toBe(
      theirs.replace("]", ', {"name": "resumed", "version": "1"}]'),
    );
  });

  test("a model, and its run, are linked to the prompts of its chain as Python links them", async () => {
    const prompt = await genai.registerPrompt({ name: "in-model", template: "Hi {{name}}" });
    const lcModel = prompt.toLangChain().pipe(new RunnablePassthrough());
    const ours = await mlflow.startRun({}, () => mlflow.langchain.logModel({ lcModel }));
    const [read, theirs] = await python<unknown[]>(`
def read(info):
  model = mlflow.models.Model.load(info.model_uri)
  tag = "mlflow.linkedPrompts"
  run = mlflow.get_run(info.run_id).data.tags[tag]
  return [model.prompts, mlflow.get_logged_model(info.model_id).tags[tag], run]
mlflow.set_experiment("prompts")
with mlflow.start_run():
  info = mlflow.pyfunc.log_model(name="m", python_model=lambda x: x, prompts=["prompts:/in-model/1"], pip_requirements=[])
out = [read(mlflow.models.get_model_info("${ours.modelUri}")), read(info)]`);
    expect(read).toEqual(theirs);
    expect(read).toEqual([["prompts:/in-model/1"], LINKED, LINKED]);
  });
});
