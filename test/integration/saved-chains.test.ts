import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import { isCore03, langchainRoot } from "../support/core-version.js";

const { saveModel, loadModel } = mlflow.langchain;
const KEY = "sk-planted-0123456789abcdef";
const HEADER = "planted-header-value-42";
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
let directory: string;
const program = process.argv[1] as string;

beforeAll(async () => {
  openai = await startOpenAiServer();
  // The app of these tests is the one that has the LangChain they run on.
  process.argv[1] = join(langchainRoot, "app.mjs");
});
afterAll(async () => {
  process.argv[1] = program;
  await openai.close();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "saved-chains-"));
  process.env.OPENAI_API_KEY = KEY;
  process.env.OPENAI_BASE_URL = openai.url;
});
afterEach(() => {
  delete process.env.OPENAI_API_KEY;
  delete process.env.OPENAI_BASE_URL;
  delete process.env.EVIL_ENV;
  rmSync(directory, { recursive: true, force: true });
});

const PAGE = { input_language: "English", output_language: "German", input: "I love programming." };
const chain = (fields: object = {}) =>
  ChatPromptTemplate.fromMessages([
    [
      "system",
      "You are a helpful assistant that translates {input_language} to {output_language}.",
    ],
    ["human", "{input}"],
  ])
    .pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0, ...fields }))
    .pipe(new StringOutputParser());

const FIRST_VERSION: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/data-models.json"), "utf8"),
);

const path = (name: string) => join(directory, name);
const read = (name: string) => readFileSync(path(name), "utf8");

test("a saved chain gives the same answer after it is loaded", async () => {
  const info = await saveModel({ lcModel: chain(), path: path("model"), inputExample: PAGE });
  const loaded = await loadModel(path("model"));
  expect(await loaded.invoke(PAGE)).toBe("Ich liebe das Programmieren.");
  expect(readdirSync(path("model")).filter((name) => !name.endsWith("lock.json"))).toEqual([
    ...["MLmodel", "conda.yaml", "environment_variables.txt", "input_example.json", "model"],
    ...["package.json", "packages", "python", "python_env.yaml", "requirements.txt"],
    "serving_input_example.json",
  ]);
  expect(info.envVars).toEqual(["OPENAI_API_KEY", "OPENAI_BASE_URL"]);
  expect(info.signature?.toDict()).toEqual({
    inputs: expect.stringContaining('"name": "input_language"'),
    outputs: '[{"type": "string", "required": true}]',
    params: null,
  });
  expect(JSON.parse(read("model/package.json")).dependencies).toEqual({
    "@langchain/core": expect.stringMatching(isCore03 ? /^0\.3\.80$/ : /^1\./),
    "@langchain/openai": expect.stringMatching(/^\d+\.\d+\.\d+$/),
    // No registry has the version that is being developed.
    "langchain-mlflow": expect.stringMatching(/^file:packages\/langchain-mlflow-\d.*\.tgz$/),
  });
});

test("keys, headers and addresses are not stored, and the omitted fields are listed", async () => {
  const configuration = {
    baseURL: openai.url,
    defaultHeaders: { "x-planted": HEADER, authorization: `Bearer ${KEY}` },
    timeout: 5000,
  };
  const lcModel = chain({ apiKey: KEY, configuration });
  const info = await saveModel({ lcModel, path: path("model"), inputExample: PAGE });
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "latin1");
    for (const secret of [KEY, HEADER, new URL(openai.url).host, directory, process.cwd()]) {
      expect(text.includes(secret), `${secret} in ${entry.name}`).toBe(false);
    }
  }
  const { left_out: left } = info.flavors.langchainjs as { left_out: string[] };
  expect(left).toEqual(["[1].configuration.baseURL", "[1].configuration.defaultHeaders"]);
  expect(read("model/model/runnable.json")).toContain('"timeout":5000');
});

test("the model is called once to infer a signature, and not called when a signature is passed", async () => {
  let calls = 0;
  const { fetch } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = fetch;
  });
  globalThis.fetch = new Proxy(globalThis.fetch, {
    apply: (target, self, args: Parameters<typeof fetch>) => {
      calls++;
      return Reflect.apply(target, self, args);
    },
  });
  await saveModel({ lcModel: chain(), path: path("once"), inputExample: PAGE });
  expect(calls).toBe(1);
  const signature = mlflow.models.inferSignature(PAGE, "text");
  await saveModel({ lcModel: chain(), path: path("given"), inputExample: PAGE, signature });
  await saveModel({ lcModel: chain(), path: path("none") });
  expect(calls).toBe(1);
});

test("keys come from the options or from the environment, and the error names a missing one", async () => {
  await saveModel({ lcModel: chain(), path: path("model") });
  delete process.env.OPENAI_API_KEY;
  await expect(loadModel(path("model"))).rejects.toThrow(
    /The model needs the secret OPENAI_API_KEY: set the environment variable OPENAI_API_KEY, or pass secrets/,
  );
  const loaded = await loadModel(path("model"), { secrets: { OPENAI_API_KEY: "sk-given" } });
  expect(JSON.stringify((loaded as unknown as { middle: unknown }).middle)).not.toContain(KEY);
  expect(await loaded.invoke(PAGE)).toBe("Ich liebe das Programmieren.");
});

test("nothing is left on disk when an object cannot be stored as data", async () => {
  const lcModel = chain().pipe(RunnableLambda.from((text: string) => text));
  await expect(saveModel({ lcModel, path: path("model") })).rejects.toThrow(
    /cannot be logged as data: \[3\] is a RunnableLambda.*mlflow\.models\.setModel\(model\);/s,
  );
  expect(existsSync(path("model"))).toBe(false);
});

describe("data that this package did not write is not loaded, and no variable is read for it", () => {
  const secret = (id: string) => ({ lc: 1, type: "secret", id: [id] });
  type Node = { kwargs: Record<string, unknown>; id: string[]; type: string };
  const TAMPERED: Readonly<Record<string, readonly [(model: Node, root: Node) => void, RegExp]>> = {
    "a secret of another name": [
      (model) => Object.assign(model.kwargs, { openai_api_key: secret("EVIL_ENV") }),
      /\[1\]\.openai_api_key is not the secret OPENAI_API_KEY/,
    ],
    "a secret in another field": [
      (model) => Object.assign(model.kwargs, { user: secret("OPENAI_API_KEY") }),
      /\[1\]\.user\.lc is a key that LangChain interprets/,
    ],
    "a secret in a prompt": [
      (_model, { kwargs }) =>
        Object.assign((kwargs.first as Node).kwargs, { a: secret("EVIL_ENV") }),
      /\[0\]\.a is a field that langchain-mlflow does not keep in data/,
    ],
    "an address": [
      (model) => Object.assign(model.kwargs, { configuration: { baseURL: "http://evil" } }),
      /\[1\]\.configuration\.baseURL is a field that/,
    ],
    "an address of another spelling": [
      (model) => Object.assign(model.kwargs, { base_url: "http://evil" }),
      /\[1\]\.base_url is a field that/,
    ],
    headers: [
      (model) => Object.assign(model.kwargs, { model_kwargs: { headers: { a: "b" } } }),
      /model_kwargs\.headers looks like a key, a header or an address/,
    ],
    "another class": [
      (model) => Object.assign(model, { id: ["langchain_core", "tools", "DynamicTool"] }),
      /\[1\] is a DynamicTool, a class that langchain-mlflow does not load from data/,
    ],
    "another package": [
      (model) => Object.assign(model, { id: ["langchain", "llms", "evil", "ChatOpenAI"] }),
      /\[ 'langchain', 'llms', 'evil', 'ChatOpenAI' \]/,
    ],
    "something not implemented": [
      (model) => Object.assign(model, { type: "not_implemented" }),
      /\[1\] is a LangChain object of type 'not_implemented'/,
    ],
  };

  test.each(Object.entries(TAMPERED))("%s", async (_name, [tamper, why]) => {
    process.env.EVIL_ENV = "read";
    await saveModel({ lcModel: chain(), path: path("model") });
    const data = JSON.parse(read("model/model/runnable.json"));
    tamper(data.kwargs.middle[0], data);
    writeFileSync(path("model/model/runnable.json"), JSON.stringify(data));
    await expect(loadModel(path("model"))).rejects.toThrow(why);
  });

  test("a secret that MLmodel does not list", async () => {
    await saveModel({ lcModel: chain(), path: path("model") });
    const text = read("model/MLmodel").replace(/secrets:\n\s+- OPENAI_API_KEY/, "secrets: []");
    writeFileSync(path("model/MLmodel"), text);
    await expect(loadModel(path("model"))).rejects.toThrow(
      /refers to the secret 'OPENAI_API_KEY', which its MLmodel file does not list/,
    );
  });
});

// Written by the first version, which had no lists of fields, on both generations of LangChain.
test.each(Object.keys(FIRST_VERSION))("data of the first version still loads: %s", async (name) => {
  await saveModel({ lcModel: new StringOutputParser(), path: path("model") });
  const text = read("model/MLmodel").replace("secrets: []", "secrets: [OPENAI_API_KEY]");
  writeFileSync(path("model/MLmodel"), text);
  const data = FIRST_VERSION[name] as { readonly id: readonly string[] };
  writeFileSync(path("model/model/runnable.json"), JSON.stringify(data));
  const loaded = (await loadModel(path("model"))) as unknown as { lc_id: readonly string[] };
  expect(loaded.lc_id).toEqual(data.id);
});

test.each(["s1_log_models", "s2_agent_str"])(
  "a model that Python logged (%s) is refused, and the error gives the reason",
  async (name) => {
    mkdirSync(path("python"));
    const golden = join(import.meta.dirname, `../golden/data/models/${name}.MLmodel`);
    cpSync(golden, path("python/MLmodel"));
    await expect(loadModel(path("python"))).rejects.toThrow(
      /does not have the "langchainjs" flavor, only: langchain, python_function\. It was logged by Python's mlflow\.langchain/,
    );
  },
);
