import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../../examples/openai-server.mjs";
import { createModelApp, type ModelApp } from "../../support/model-app.js";
import { runExample } from "../../support/page-examples.js";

/** A model in TypeScript that needs a compiler, with other files: ES modules, CommonJS, data, and two classes of one name. */
const MODEL = {
  "agent.ts": `
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { createRequire } from "node:module";
import * as mlflow from "langchain-mlflow";
import { z } from "zod";
import { Step as Double, numbers } from "./parts/double.mjs";
const require = createRequire(import.meta.url);
const place = require("./parts/place.cjs");
enum Kind { Sum = "sum" }
class Step extends RunnableLambda<number, number> {
  lc_namespace = ["test"];
}
const config = new mlflow.models.ModelConfig({ developmentConfig: { offset: 0 } });
const sum = tool(({ a, b }) => String(Number(a) + Number(b)), {
  name: Kind.Sum, description: "", schema: z.object({ a: z.number(), b: z.number() }),
});
const add = new Step({ func: async (a) => Number(await sum.invoke({ a, b: config.get("offset") })) });
const said = await Promise.resolve((number: number): BaseMessage =>
  new AIMessage(\`\${number} of \${numbers.length} \${place.text()}\`));
mlflow.models.setModel(new Double().pipe(add).pipe(said));
`,
  "parts/double.mjs": `
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RunnableLambda } from "@langchain/core/runnables";
export const numbers = JSON.parse(readFileSync(new URL("./numbers.json", import.meta.url), "utf8"));
if (dirname(import.meta.filename) !== import.meta.dirname) throw new Error(import.meta.dirname);
const { filename, resolve } = import.meta;
const $meta = import.meta, $dirname = filename;
if (dirname(filename) !== $meta.dirname || !filename.endsWith("double.mjs")) throw new Error($dirname);
if (resolve("./numbers.json") !== new URL("./numbers.json", $meta.url).href) throw new Error("resolve");
export class Step extends RunnableLambda {
  constructor() { super({ func: (value) => value * 2 }); }
}
`,
  "parts/place.cjs": `
const { readFileSync } = require("node:fs");
exports.text = () => readFileSync(require("node:path").join(__dirname, "place.txt"), "utf8");
`,
  "parts/numbers.json": "[1, 2, 3]",
  "parts/place.txt": "here",
};

const CLI = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const UNREACHABLE = { npm_config_registry: "http://127.0.0.1:9" };

let app: ModelApp;
const folder = mkdtempSync(join(tmpdir(), "bundle-"));

let plain = "";
let bundled = "";

beforeAll(async () => {
  app = createModelApp();
  for (const [name, text] of Object.entries(MODEL)) app.write(name, text);
  plain = await save("plain");
  bundled = await save("bundled", "bundle: true");
});
afterAll(() => {
  app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Saves the model, and returns the folder. */
async function save(name: string, options = ""): Promise<string> {
  const path = join(folder, name);
  await app.run(`
import * as mlflow from "langchain-mlflow";
await mlflow.langchain.saveModel({
  lcModel: "agent.ts", codePaths: ["parts"], modelConfig: { offset: 1 }, path: ${JSON.stringify(path)}, ${options}
});`);
  return path;
}

/** Loads a model in a new process, calls it with 20, and returns the answer and the spans of the trace. */
async function call(at: ModelApp, path: string) {
  const { value } = await at.run<{ answer: { content: string }; spans: unknown[] }>(`
import * as mlflow from "langchain-mlflow";
mlflow.autolog({ logModels: false });
const model = await mlflow.pyfunc.loadModel(${JSON.stringify(path)});
const answer = await model.predict(20);
const [trace] = (await mlflow.searchTraces().page()).items;
const { spans } = (await mlflow.getTrace(trace.info.traceId)).data;
const shown = spans.map(({ name, spanType, inputs, outputs }) => ({ name, spanType, inputs, outputs }));
console.log(JSON.stringify({ answer, spans: shown }));`);
  return value;
}

describe("a model that was saved with `bundle: true`", () => {
  test("gives the answer and the trace of the model without it, also where no package is installed", async () => {
    const other = createModelApp({ without: ["langchain", "zod", "esbuild", "@esbuild"] });
    try {
      const expected = await call(app, plain);
      expect(expected.answer.content).toBe("41 of 3 here");
      expect(expected.spans.length).toBeGreaterThan(3);
      expect(await call(other, bundled)).toEqual(expected);
    } finally {
      other.close();
    }
  });

  test("is served where no package is installed and no registry can be reached", async () => {
    const other = createModelApp({ without: ["@langchain", "langchain", "zod", "esbuild"] });
    const child = spawn(process.execPath, [CLI, "serve", bundled, "--port", "0"], {
      ...{ cwd: other.directory, stdio: ["ignore", "ignore", "pipe"] },
      env: { ...process.env, ...UNREACHABLE, MLFLOW_TRACKING_URI: join(other.directory, "store") },
    });
    const ended = once(child, "exit");
    try {
      let stderr = "";
      for await (const chunk of child.stderr) {
        stderr += String(chunk);
        if (stderr.includes(" (press")) break;
      }
      const url = /at (http:\S+) /.exec(stderr)?.[1];
      if (!url) throw new Error(`The server did not start: ${stderr}`);
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ inputs: 20 });
      const response = await fetch(`${url}/invocations`, { method: "POST", headers, body });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ predictions: { content: "41 of 3 here" } });
      child.kill("SIGTERM");
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      other.close();
    }
  });

  test("has one copy of each package, no path of this machine, and nothing to install", async () => {
    const { sources } = JSON.parse(readFileSync(join(bundled, "bundle.mjs.map"), "utf8"));
    const ofCore = sources.filter((name: string) => name.endsWith("core/src/runnables/base.ts"));
    expect(ofCore).toHaveLength(1);
    expect(sources).toEqual(expect.arrayContaining(["agent.ts", "parts/double.mjs"]));
    expect(sources.filter((name: string) => /^[/.]|^work|^tmp/.test(name))).toEqual([]);
    expect(existsSync(join(bundled, "packages"))).toBe(false);
    const text = readFileSync(join(bundled, "bundle.mjs"), "utf8");
    expect(text).not.toContain(app.directory);
  });

  test("is loaded with new modules each time, with the configuration of the load", async () => {
    const { value } = await app.run(`
import * as mlflow from "langchain-mlflow";
const load = (offset) => mlflow.langchain.loadModel(${JSON.stringify(bundled)}, { modelConfig: { offset } });
const [one, other] = await Promise.all([load(1), load(2)]);
console.log(JSON.stringify([(await one.invoke(1)).content, (await other.invoke(1)).content, one.constructor === other.constructor]));`);
    expect(value).toEqual(["3 of 3 here", "4 of 3 here", false]);
  });

  test("that was logged as data contains the packages of its data", async () => {
    const path = join(folder, "data");
    const { value } = await app.run<string[]>(`
import { ChatPromptTemplate } from "@langchain/core/prompts";
import * as mlflow from "langchain-mlflow";
const prompt = ChatPromptTemplate.fromTemplate("Say {word}");
await mlflow.langchain.saveModel({ lcModel: prompt, path: ${JSON.stringify(path)}, bundle: true });
const loaded = await mlflow.langchain.loadModel(${JSON.stringify(path)});
console.log(JSON.stringify([(await loaded.invoke({ word: "yes" })).toString(), loaded instanceof ChatPromptTemplate]));`);
    expect(value).toEqual(["Human: Say yes", false]);
    const yaml = readFileSync(join(path, "MLmodel"), "utf8");
    expect(yaml).toMatch(/bundle: true/);
    expect(existsSync(join(path, "model/runnable.json"))).toBe(true);
  });
});

describe("an error names what is wrong, and nothing is left in the folder:", () => {
  const refusal = (options: string, at = app) =>
    at
      .run(`
import * as mlflow from "langchain-mlflow";
await mlflow.langchain.saveModel({ path: ${JSON.stringify(join(folder, "refused"))}, bundle: true, ${options} });`)
      .then(
        () => "saved",
        ({ stderr }) => String(stderr),
      );

  test("esbuild is not installed", async () => {
    const other = createModelApp({ without: ["esbuild", "@esbuild"] });
    try {
      other.write("model.mjs", "");
      expect(await refusal('lcModel: "model.mjs"', other)).toContain(
        "`bundle: true` needs esbuild, which is not installed in your app. Install it: npm install --save-dev esbuild",
      );
    } finally {
      other.close();
    }
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("a package has native code", async () => {
    const name = join(app.directory, "node_modules/native-thing");
    mkdirSync(name);
    writeFileSync(join(name, "index.js"), 'module.exports = require("./thing.node");');
    writeFileSync(join(name, "thing.node"), "");
    app.write("native.mjs", 'import "native-thing";');
    const message = await refusal('lcModel: "native.mjs"');
    expect(message).toMatch(/The model cannot be bundled: .*\n.*native-thing.*\.node/);
    expect(message).toContain("Log the model without `bundle: true`");
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("an import has no literal name", async () => {
    app.write("hidden.mjs", 'const name = "langchain-mlflow"; await import(name + "");');
    expect(await refusal('lcModel: "hidden.mjs"')).toMatch(
      /Failed to run user code .*Cannot find package 'langchain-mlflow'/,
    );
  });

  test("`extraDependencies` are given", async () => {
    expect(await refusal('lcModel: "agent.ts", extraDependencies: ["zod"]')).toContain(
      "`extraDependencies` cannot be used with `bundle: true`",
    );
  });
});

test("the example saves a model that answers in a folder of its own", async () => {
  const openai = await startOpenAiServer();
  try {
    const path = join(folder, "rag");
    const env = { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: openai.url };
    expect(await runExample("rag-model/save-bundle.mjs", { args: [path], env })).toEqual([path]);
    const { value } = await app.run(
      `
import * as mlflow from "langchain-mlflow";
const model = await mlflow.pyfunc.loadModel(${JSON.stringify(path)});
console.log(JSON.stringify([await model.predict("What does MLflow do?"), model.metadata.signature.inputs.columns.length]));`,
      { env },
    );
    expect(value).toEqual([["MLflow tracks LangChain runs and traces."], 1]);
  } finally {
    await openai.close();
  }
});
