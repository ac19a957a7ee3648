import { readdirSync } from "node:fs";
import { load } from "@langchain/core/load";
import * as openai from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, openAi } from "../support/data-nodes.js";
import {
  type HostileApp,
  KEY,
  loadModel,
  OTHER_SECRET,
  runModel,
  startHostileApp,
  VARIABLE,
} from "../support/hostile-app.js";
import { type HostileModel, hostileModels } from "../support/hostile-data.js";
import { malformedModels } from "../support/malformed-data.js";

let app: HostileApp;
beforeAll(async () => {
  app = await startHostileApp();
});
afterAll(() => app.close());

/** The names of the models whose requests reached the foreign host. */
function leaksOf(models: readonly HostileModel[]): string[] {
  const reached = models.filter((_model, index) =>
    app.foreign.requests.some(({ url }) => new RegExp(`/model-${index}(/|$)`).test(url)),
  );
  return reached.map(({ name }) => name);
}

async function inBatches<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>) {
  for (let start = 0; start < items.length; start += 20) {
    await Promise.all(items.slice(start, start + 20).map((item, at) => work(item, start + at)));
  }
}

describe("a model that is only data", () => {
  const models = hostileModels();

  test("without our check, many hostile models reach the foreign host with the key, or send secrets", async () => {
    app.forgetRequests();
    await inBatches(models, async ({ make }, index) => {
      const data = JSON.stringify(make(app.plantsFor(index)));
      const loaded = await load(data, {
        secretsMap: { OPENAI_API_KEY: KEY, [VARIABLE]: OTHER_SECRET },
        optionalImportsMap: {
          "langchain/chat_models/openai": openai,
          "langchain/llms/openai": openai,
        },
      } as never).catch(() => undefined);
      await runModel(loaded);
    });
    expect(leaksOf(models).length).toBeGreaterThan(60);
    expect(app.foreign.requests.some(({ authorization }) => authorization.includes(KEY))).toBe(
      true,
    );
    expect(app.sentSecrets().length).toBeGreaterThan(5);
  });

  test("it reaches no foreign host, writes no file and sends no secret, in any spelling", async () => {
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
    expect(models.length).toBeGreaterThan(380);
    app.forgetRequests();
    const refused: string[] = [];
    await inBatches(models, async ({ name, make }, index) => {
      const loaded = await loadModel(app.writeModel(make(app.plantsFor(index)))).catch(
        (cause: unknown) => {
          expect(cause, name).toBeInstanceOf(mlflow.MlflowException);
          refused.push(name);
        },
      );
      if (loaded) await runModel(loaded);
    });
    expect(models.map(({ name }) => name).filter((name) => !refused.includes(name))).toEqual([]);
    expect(app.foreign.requests).toEqual([]);
    expect(app.sentSecrets()).toEqual([]);
    expect(readdirSync(app.outside)).toEqual([]);
  });

  test.each(malformedModels())("is refused when it is malformed: $name", async ({ make }) => {
    app.forgetRequests();
    const folder = app.writeModel(make(app.plantsFor(0)));
    await expect(loadModel(folder)).rejects.toThrow(mlflow.MlflowException);
    await expect(loadModel(folder)).rejects.toThrow(/^The model cannot be loaded: /);
    expect(app.foreign.requests).toEqual([]);
  });

  test.each(["[", '{"a":', "not JSON", ""])(
    "is refused when its text is %j, many times",
    async (text) => {
      await expect(loadModel(app.writeModel(text.repeat(200_000)))).rejects.toThrow(
        /^The model cannot be loaded: /,
      );
    },
  );

  const path = (address: string) => ({ options: { path: address } });
  const defaultBaseURL = (address: string) => ({
    __lc_escaped__: { options: { defaultBaseURL: address } },
  });
  test.each([
    ["an address in the options of the client", path, /options is a field that/],
    ["an escaped address in them", defaultBaseURL, /__lc_escaped__ is a field that/],
  ])("is refused with %s, and says which field", async (_what, kwargs, why) => {
    app.forgetRequests();
    const data = node(["langchain_core", "runnables", "RunnableBinding"], {
      ...{ bound: openAi(), kwargs: kwargs(app.plantsFor(0).address), config: {} },
    });
    await expect(loadModel(app.writeModel(data))).rejects.toThrow(why);
    expect([...app.foreign.requests, ...app.provider.requests]).toEqual([]);
  });

  test.each([
    "{{#constructor.constructor}}globalThis.planted = 1{{/constructor.constructor}}",
    "{{#text.constructor.constructor}}a = (globalThis.planted = 1){{/text.constructor.constructor}}",
    "{{=<% %>=}}<%#toString.constructor%>globalThis.planted = 1<%/toString.constructor%>",
    "{{__proto__.constructor}}{{> ../../../etc/passwd}}{{{text.__proto__.constructor.constructor}}}",
  ])("runs no code from its template: %s", async (template) => {
    const data = node(["langchain_core", "prompts", "prompt", "PromptTemplate"], {
      ...{ template, template_format: "mustache", input_variables: ["text"] },
    });
    const model = await loadModel(app.writeModel(data));
    const prompt = await Promise.resolve(model.invoke({ text: "x" })).catch(() => undefined);
    expect(JSON.stringify(prompt) ?? "").not.toContain("root:");
    expect((globalThis as { planted?: unknown }).planted).toBeUndefined();
  });

  test("it is invoked at the provider of the environment when it is harmless", async () => {
    app.forgetRequests();
    const data = node(["langchain_core", "runnables", "RunnableBinding"], {
      bound: openAi({ model_kwargs: { seed: 1 }, configuration: { timeout: 5000 } }),
      kwargs: { stop: ["x"], tools: [{ type: "function", function: { name: "f" } }] },
      config: { runName: "named", tags: ["t"], metadata: { a: 1 } },
    });
    await runModel(await loadModel(app.writeModel(data)));
    expect(app.foreign.requests).toEqual([]);
    expect(app.provider.requests.map(({ url }) => url)).toEqual(
      new Array(2).fill("/v1/chat/completions"),
    );
    expect(app.provider.requests[0]).toMatchObject({
      authorization: `Bearer ${KEY}`,
      body: expect.stringContaining('"stop":["x"]'),
    });
  });
});
