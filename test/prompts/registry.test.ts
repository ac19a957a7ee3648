import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  genai,
  getLastActiveTraceId,
  getRun,
  getTrace,
  MlflowClient,
  setExperiment,
  setTrackingUri,
  startRun,
  withSpan,
} from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "prompts-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("prompts");
});
afterEach(() => rmSync(folder, { recursive: true }));

const CHAT = [
  { role: "system", content: 'You are {{style}}. Answer as {"a": 1}.' },
  { role: "user", content: "{{ question }} 🦜" },
];

async function namesOf(options?: genai.SearchPromptsOptions): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of genai.searchPrompts(options)) names.push(name);
  return names;
}

describe("on a local store", () => {
  test("a registered prompt is loaded by name, version, URI and alias", async () => {
    const first = await genai.registerPrompt({
      ...{ name: "greeting", template: "Hello {{name}}!", commitMessage: "first" },
      tags: { team: "docs" },
    });
    expect(first).toMatchObject({
      ...{ name: "greeting", version: 1, template: "Hello {{name}}!", isTextPrompt: true },
      ...{ commitMessage: "first", tags: { team: "docs" }, variables: ["name"] },
      ...{ uri: "prompts:/greeting/1", modelConfig: undefined, responseFormat: undefined },
    });
    expect(first.creationTimestampMs).toBeGreaterThan(Date.now() - 3_600_000);
    const second = await genai.registerPrompt({
      ...{ name: "greeting", template: CHAT },
      responseFormat: z.object({ answer: z.string() }),
      modelConfig: { modelName: "gpt-4o", temperature: 0, seed: 7 },
    });
    expect(second).toMatchObject({
      ...{ version: 2, template: CHAT, isTextPrompt: false, variables: ["style", "question"] },
      responseFormat: { type: "object", properties: { answer: { type: "string" } } },
      modelConfig: { modelName: "gpt-4o", temperature: 0, seed: 7 },
    });
    await genai.setPromptAlias("greeting", "production", 1);

    expect(await genai.loadPrompt("greeting")).toEqual(second);
    expect(await genai.loadPrompt("prompts:/greeting@latest")).toEqual(second);
    expect(await genai.loadPrompt("greeting", { version: 2 })).toEqual(second);
    expect(await genai.loadPrompt("prompts:/greeting/2")).toEqual(second);
    const production = await genai.loadPrompt("prompts:/greeting@production");
    expect(production).toMatchObject({ version: 1, aliases: ["production"] });
  });

  test("a version that is registered or an alias that moves replaces what is in memory", async () => {
    await genai.registerPrompt({ name: "a", template: "1" });
    await genai.setPromptAlias("a", "live", "1");
    expect(await genai.loadPrompt("prompts:/a@live")).toMatchObject({ version: 1 });
    expect(await genai.loadPrompt("a")).toMatchObject({ version: 1 });
    await genai.registerPrompt({ name: "a", template: "2" });
    expect(await genai.loadPrompt("a")).toMatchObject({ version: 2 });
    await genai.setPromptAlias("a", "live", 2);
    expect(await genai.loadPrompt("prompts:/a@live")).toMatchObject({ version: 2 });
    await genai.deletePromptAlias("a", "live");
    expect(await genai.loadPrompt("prompts:/a@live", { allowMissing: true })).toBeUndefined();
  });

  test("a prompt that another client changes is loaded again after cacheTtlSeconds: 0", async () => {
    await genai.registerPrompt({ name: "a", template: "1" });
    const before = await genai.loadPrompt("a", { version: 1 });
    await new MlflowClient().setModelVersionTag({ name: "a", version: 1, key: "k", value: "v" });
    expect(await genai.loadPrompt("a", { version: 1 })).toEqual(before);
    expect(await genai.loadPrompt("a", { version: 1, cacheTtlSeconds: 0 })).toMatchObject({
      tags: { k: "v" },
    });
  });

  test("tags and the model config of versions change", async () => {
    await genai.registerPrompt({ name: "a", template: "x" });
    await genai.setPromptTag("a", "team", "docs");
    expect(await genai.getPromptTags("a")).toEqual({ team: "docs" });
    await genai.deletePromptTag("a", "team");
    expect(await genai.getPromptTags("a")).toEqual({});
    await genai.setPromptVersionTag("a", 1, "author", "Ada");
    expect((await genai.loadPrompt("a")).tags).toEqual({ author: "Ada" });
    await genai.deletePromptVersionTag("a", "1", "author");
    await genai.setPromptModelConfig("a", 1, { maxTokens: 5 });
    expect(await genai.loadPrompt("a")).toMatchObject({ tags: {}, modelConfig: { maxTokens: 5 } });
    await genai.deletePromptModelConfig("a", 1);
    expect((await genai.loadPrompt("a")).modelConfig).toBeUndefined();
  });

  test("searchPrompts() finds prompts only, and the searches of models find none", async () => {
    const client = new MlflowClient();
    await client.createRegisteredModel({ name: "model" });
    for (const name of ["b", "a", "c"]) {
      await genai.registerPrompt({ name, template: name, tags: { first: String(name === "a") } });
    }
    expect(await namesOf()).toEqual(["a", "b", "c"]);
    expect(await namesOf({ maxResults: 1, orderBy: ["name DESC"] })).toEqual(["c", "b", "a"]);
    expect(await namesOf({ filterString: "name LIKE 'b%'" })).toEqual(["b"]);
    expect(await namesOf({ filter: "tags.first = 'true'" })).toEqual(["a"]);
    const { experimentId } = await setExperiment("prompts");
    expect(await namesOf({ filter: `experiment_id = '${experimentId}'` })).toEqual(["a", "b", "c"]);
    expect(await namesOf({ filter: "experiment_id = '77' AND name = 'a'" })).toEqual([]);
    const { registeredModels } = await client.searchRegisteredModels();
    expect(registeredModels.map(({ name }) => name)).toEqual(["model"]);
    expect((await client.searchModelVersions()).modelVersions).toEqual([]);
  });

  test("a prompt and a model do not share a name", async () => {
    await new MlflowClient().createRegisteredModel({ name: "model" });
    const refused = { errorCode: "INVALID_PARAMETER_VALUE" };
    const template = "x";
    await expect(genai.registerPrompt({ name: "model", template })).rejects.toMatchObject(refused);
    await expect(genai.setPromptTag("model", "k", "v")).rejects.toMatchObject(refused);
  });

  test("a missing prompt rejects, or is undefined with allowMissing", async () => {
    const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
    await expect(genai.loadPrompt("none")).rejects.toMatchObject(missing);
    await expect(genai.loadPrompt("prompts:/none@live")).rejects.toMatchObject(missing);
    expect(await genai.loadPrompt("none", { allowMissing: true })).toBeUndefined();
    expect(await genai.loadPrompt("prompts:/none/3", { allowMissing: true })).toBeUndefined();
  });

  test.each([
    ["models:/a/1", undefined],
    ["prompts:/a", undefined],
    ["prompts:/a/Production", undefined],
    ["a/1", undefined],
    ["prompts:/a/1", { version: 1 }],
    ["a", { version: "x" }],
    ["a", { cacheTtlSeconds: -1 }],
  ])("loadPrompt(%j, %j) is refused", async (uri, options) => {
    await expect(genai.loadPrompt(uri, options)).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  });

  test.each([
    [{ name: "a b", template: "x" }, "name"],
    [{ name: "a", template: "" }, "template"],
    [{ name: "a", template: [{ role: "user" }] }, "template"],
    [{ name: "a", template: [{ role: "user", content: "x", name: "Ada" }] }, "template"],
    [{ name: "a", template: [{ role: "", content: "x" }] }, "template"],
    [{ name: "a", template: [null] }, "template"],
    [{ name: "a", template: "x", modelConfig: { temperature: -1 } }, "modelConfig"],
    [{ name: "a", template: "x", modelConfig: { top_p: 2 } }, "modelConfig"],
    [{ name: "a", template: "x", responseFormat: 1 }, "responseFormat"],
    [{ name: "a", text: "x" }, "text"],
  ])("registerPrompt(%j) is refused", async (options, name) => {
    await expect(genai.registerPrompt(options as never)).rejects.toThrow(`\`${name}\``);
  });

  test("a prompt that is loaded in a trace is linked to the trace and its span", async () => {
    await genai.registerPrompt({ name: "a", template: "x" });
    await genai.registerPrompt({ name: "b", template: "y" });
    await withSpan(async () => {
      await genai.loadPrompt("a");
      await withSpan(() => genai.loadPrompt("b"), { name: "inner" });
      await genai.loadPrompt("a", { version: 1 });
    });
    const trace = await getTrace(getLastActiveTraceId() ?? "");
    const [a, b] = ["a", "b"].map((name) => ({ name, version: "1" }));
    expect(JSON.parse(trace?.info.tags["mlflow.linkedPrompts"] ?? "")).toEqual([a, b]);
    const [outer, inner] = trace?.data.spans ?? [];
    expect(JSON.parse(String(outer?.attributes["mlflow.linkedPrompts"]))).toEqual([a]);
    expect(JSON.parse(String(inner?.attributes["mlflow.linkedPrompts"]))).toEqual([b]);
  });

  test("a prompt that is loaded in a run is linked to the run, once", async () => {
    await genai.registerPrompt({ name: "a", template: "x" });
    const load = async () => {
      await genai.loadPrompt("a");
      await genai.loadPrompt("prompts:/a/1");
    };
    const tags = async (id: string) => (await getRun(id)).data.tags["mlflow.linkedPrompts"];
    const { runId } = await startRun({}, async ({ info }) => {
      await load();
      return info;
    });
    expect(await tags(runId)).toBe('[{"name": "a", "version": "1"}]');
    await startRun({ runId }, load);
    expect(await tags(runId)).toBe('[{"name": "a", "version": "1"}]');
  });
});
