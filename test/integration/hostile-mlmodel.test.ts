import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callModel } from "../../src/models/pyfunc/requests.js";
import { loadServedModel } from "../../src/python-process/load-served-model.js";
import { openAi } from "../support/data-nodes.js";
import { type HostileApp, KEY, loadModel, startHostileApp } from "../support/hostile-app.js";

let app: HostileApp;
beforeAll(async () => {
  app = await startHostileApp();
});
afterAll(() => app.close());

describe("the MLmodel file of a model from data", () => {
  const harmless = openAi();
  const param = (name: string, value: unknown, type = "string") => ({ name, type, default: value });

  /** Parameters whose defaults would send a request to another host. Only the last of them is a call option. */
  function hostileParams() {
    const { address } = app.plantsFor(0);
    return [
      ...[param("path", address), param("defaultBaseURL", address), param("method", "get")],
      param("idempotencyKey", KEY),
      ...["options", "config", "headers", "query"].map((name) => ({
        ...{ name, type: "object", shape: null },
        properties: {
          path: { type: "string", required: false },
          options: {
            type: "object",
            required: false,
            properties: { path: { type: "string", required: false } },
          },
        },
        default: { path: address, options: { path: address } },
      })),
      param("service_tier", "flex"),
    ];
  }

  test("its parameters' defaults are used only for call options, and cannot redirect a request", async () => {
    app.forgetRequests();
    const params = hostileParams();
    const signature = { inputs: null, outputs: null, params: JSON.stringify(params) };
    const folder = app.writeModel(harmless, {}, { signature });
    const model = await mlflow.pyfunc.loadModel(folder, { allowRemoteCode: false });
    await model.predict("hello");
    for await (const _chunk of model.predictStream("hello"));
    expect(app.foreign.requests).toEqual([]);
    expect(app.provider.requests.map(({ url }) => url)).toEqual(
      new Array(2).fill("/v1/chat/completions"),
    );
    expect(app.provider.requests[0]?.body).toContain('"service_tier":"flex"');
    expect(app.sentSecrets()).toEqual([]);
  });

  test("its parameters' defaults cannot redirect a request of Python, which passes all of them with each call", async () => {
    app.forgetRequests();
    const params = hostileParams();
    const signature = { inputs: null, outputs: null, params: JSON.stringify(params) };
    const folder = app.writeModel(harmless, {}, { signature });
    const { model, acceptedParams } = await loadServedModel(folder, {});
    const passed = Object.fromEntries(params.map((one) => [one.name, one.default]));
    const accepted = acceptedParams(passed);
    expect(accepted).toEqual({ service_tier: "flex" });
    await callModel(["hello"], { model, params: accepted, convertsMessages: undefined });
    expect(app.foreign.requests).toEqual([]);
    expect(app.provider.requests[0]?.body).toContain('"service_tier":"flex"');
  });

  test.each([
    ["../outside/runnable.json"],
    ["/etc/passwd"],
    ["model/../../outside/runnable.json"],
    ["model"],
    [["model/runnable.json"]],
    [{ path: "model/runnable.json" }],
  ])("its data may not be another file: %j", async (file) => {
    const folder = app.writeModel(harmless, { model_data: file });
    const why =
      typeof file === "string" ? "names neither code nor data" : "model_data of the flavor";
    await expect(loadModel(folder)).rejects.toThrow(why);
  });

  test.each([["OPENAI_API_KEY"], [{ includes: "x" }], [[{ length: 1 }]], [7]])(
    "its secrets must be a list of names, not %j",
    async (secrets) => {
      await expect(loadModel(app.writeModel(harmless, { secrets }))).rejects.toThrow(
        /secrets of the flavor langchainjs must be/,
      );
    },
  );

  test("its package names cannot be paths, and control characters in them are not printed", async () => {
    mkdirSync(join(app.directory, "secret-package"));
    const manifest = { name: "x", version: "9.9.9-not-to-be-shown" };
    writeFileSync(join(app.directory, "secret-package/package.json"), JSON.stringify(manifest));
    const path = `${"../".repeat(30)}${app.directory.slice(1)}/secret-package`;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const packages = { [path]: "1.0.0", "\u001b[2Jevil": "1.0.0", other: 7, __proto__: null };
    await loadModel(app.writeModel(harmless, { packages }));
    const printed = write.mock.calls.join("");
    expect(printed).toContain("not installed");
    expect(printed).not.toContain("not-to-be-shown");
    expect(printed).not.toContain("\u001b");
  });

  test("its data cannot be a symbolic link out of its folder", async () => {
    const folder = app.writeModel(harmless);
    const file = join(folder, "model/runnable.json");
    renameSync(file, join(app.directory, "elsewhere.json"));
    symlinkSync(join(app.directory, "elsewhere.json"), file);
    await expect(loadModel(folder)).rejects.toThrow(/leads out of/);
  });

  test("its code may not be a list of files", async () => {
    const folder = app.writeModel(harmless, { model_code_path: ["code/run.mjs"] });
    await expect(loadModel(folder)).rejects.toThrow(/model_code_path of the flavor/);
  });

  test("code beside its data does not run", async () => {
    const folder = app.writeModel(harmless, { code: "code" });
    mkdirSync(join(folder, "code"));
    const mark = join(app.outside, "was-run");
    const code = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, "");`;
    for (const name of ["code/run.mjs", "index.js", "code/index.mjs"]) {
      writeFileSync(join(folder, name), code);
    }
    const main = {
      name: "x",
      main: "index.js",
      type: "module",
      scripts: { install: "node index.js" },
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify(main));
    await loadModel(folder);
    expect(existsSync(mark)).toBe(false);
  });
});
