import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { genai, MlflowClient, setTrackingUri } from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { MLFLOW_VERSIONS } from "./versions.js";

describe.each(MLFLOW_VERSIONS)("prompts on MLflow %s", (version) => {
  let server: MlflowServer;

  beforeAll(async () => {
    server = await startMlflowServer({ version });
    setTrackingUri(server.url);
  });
  afterAll(() => server?.close());

  it("are stored, found by alias, searched, and not listed as models", async () => {
    const template = [{ role: "user", content: "é {json} {{question}}" }];
    await genai.registerPrompt({ name: "qa", template: "first" });
    await genai.registerPrompt({ name: "qa", template, modelConfig: { temperature: 0 } });
    await genai.setPromptAlias("qa", "production", 2);
    const prompt = await genai.loadPrompt("prompts:/qa@production");
    expect(prompt).toMatchObject({ version: 2, template, modelConfig: { temperature: 0 } });
    expect((await genai.loadPrompt("qa")).version).toBe(2);
    expect(await genai.loadPrompt("none", { allowMissing: true })).toBeUndefined();
    expect((await genai.searchPrompts().page()).items).toMatchObject([{ name: "qa" }]);
    expect((await new MlflowClient().searchRegisteredModels()).registeredModels).toEqual([]);
  });
});
