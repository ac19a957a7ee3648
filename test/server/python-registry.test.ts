import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
// @ts-expect-error: a JavaScript file
import { installNodeWheel } from "../setup/install-node-wheel.mjs";
import { freePort, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { mlflowProgram } from "../support/python.js";
import { startPythonSession } from "../support/python-session.js";
import { type Registry, startRegistry } from "../support/registry.js";
import { TRANSLATION, TRANSLATION_INPUT } from "../support/translation.js";

/*
 * The app and Python install this package from a registry, as users do. Python has only MLflow, and the URI of the model.
 * TEST_SERVING=all also runs the programs of MLflow for each model, with each kind of environment: some minutes.
 */
const RUNS_ALL = process.env.TEST_SERVING === "all";
const VERSION = "3.18.0";
const NO_PRICES = { MLFLOW_MODEL_CATALOG_URI: "file:///nowhere" };
const UNREACHABLE = "http://127.0.0.1:9";
const run = promisify(execFile);
const example = (path: string) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "python-registry-"));
const app = join(folder, "app");

const QUESTION = "How long would it take to drive to the Moon with F1 racing cars?";
const ANSWER =
  "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.";

/** What each model receives and answers. */
const MODELS = {
  chain: { input: TRANSLATION_INPUT, answer: TRANSLATION },
  agent: { input: QUESTION, answer: ANSWER },
  rag: {
    input: "What does MLflow do?",
    answer: "MLflow tracks LangChain runs and traces.",
  },
};
type Name = keyof typeof MODELS;

/** Logs the three models, without and with `bundle: true`. All have the same packages, so they are installed once. */
const LOG = `
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const [models] = JSON.parse(process.argv[2]);
const parts = {
  chain: { lcModel: prompt.pipe(new ChatOpenAI({ model: "gpt-4o", temperature: 0 })).pipe(new StringOutputParser()) },
  agent: { lcModel: ${JSON.stringify(example("page-scenario-2/agent.mjs"))}, codePaths: [${JSON.stringify(example("page-scenario-2/tools"))}] },
  rag: { lcModel: ${JSON.stringify(example("rag-model/chain.mjs"))}, codePaths: [${JSON.stringify(example("rag-model/documents.json"))}], modelConfig: { documents: 3 } },
};
const extraDependencies = ["@langchain/core", "@langchain/openai", "langchain", "zod"];
const uris = {};
mlflow.autolog({ logModels: false });
for (const [name, part] of Object.entries(parts)) {
  const given = { ...part, inputExample: models[name].input };
  const plain = await mlflow.langchain.logModel({ ...given, name, extraDependencies });
  const bundled = await mlflow.langchain.logModel({ ...given, name: name + "-bundled", bundle: true });
  await (await mlflow.pyfunc.loadModel(plain.modelUri)).predict(models[name].input);
  const { data } = await mlflow.getTrace(mlflow.getLastActiveTraceId());
  uris[name] = { plain: plain.modelUri, bundled: bundled.modelUri, spans: data.spans.length };
}
console.log(JSON.stringify(uris));
`;

let server: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
let registry: Registry;
let env: Record<string, string>;
/** The URIs of the models, and how many spans a call has in Node.js. */
let uris: Record<Name, { plain: string; bundled: string; spans: number }>;

beforeAll(async () => {
  [server, openai, registry] = await Promise.all([
    startMlflowServer({ version: VERSION, env: NO_PRICES }),
    startOpenAiServer(),
    startRegistry(),
  ]);
  env = {
    ...NO_PRICES,
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_DISABLE_TELEMETRY: "true",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    ...{ OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: openai.url },
    ...{ npm_config_registry: registry.url, npm_config_prefer_offline: "true" },
  };
  const all = { ...process.env, ...env };
  const names = ["langchain-mlflow", "@langchain/core", "@langchain/openai", "langchain", "zod"];
  const flags = ["--no-audit", "--no-fund", "--prefix", app];
  await run("npm", ["install", ...flags, ...names, "esbuild"], { env: all });
  writeFileSync(join(app, "log.mjs"), LOG);
  const { stdout } = await run(process.execPath, ["log.mjs", JSON.stringify([MODELS])], {
    ...{ cwd: app, env: all },
  });
  uris = JSON.parse(stdout);
}, 900_000);
afterAll(async () => {
  await Promise.all([server?.close(), openai?.close(), registry?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** The environments of Python. */
const environments = {
  "with `node` on PATH": async () => ({ kind: "plain", env: {} }) as const,
  "with the wheel of Node.js alone": async () =>
    ({ kind: "plain", env: { PYTHONPATH: await installNodeWheel(), PATH: folder } }) as const,
  "bundled, with a registry that cannot be reached": async () =>
    ({ kind: "bundled", env: { npm_config_registry: UNREACHABLE } }) as const,
};

interface Outcome {
  readonly predicted: unknown;
  readonly streamed: readonly unknown[];
  readonly metrics: Record<string, number>;
  readonly traces: readonly { readonly roots: number; readonly spans: number }[];
}

/** python-function.test.ts has a test with the wheel alone. */
const tested = Object.entries(environments).filter(([title]) => RUNS_ALL || !/wheel/.test(title));

describe.each(tested)("%s", (title, environmentOf) => {
  const cache = join(folder, title.replaceAll(/\W/g, "-"));

  test("Python loads, streams and evaluates the chain, the agent and the retriever chain", async () => {
    const { kind, env: own } = await environmentOf();
    const session = startPythonSession({
      version: VERSION,
      env: { ...env, MLFLOW_LANGCHAIN_CACHE_DIR: cache, ...own },
    });
    try {
      const out = await session.run<Record<Name, Outcome>>(`
import json, mlflow
from mlflow.genai import scorer
models = json.loads(${JSON.stringify(JSON.stringify(MODELS))})
uris = json.loads(${JSON.stringify(JSON.stringify(uris))})
out = {}
for name, one in models.items():
    model = mlflow.pyfunc.load_model(uris[name]["${kind}"])
    mlflow.set_experiment(f"${kind} {name} ${title.length}")

    @scorer
    def is_right(outputs): return outputs == one["answer"]

    @scorer
    def models_called(trace): return len(trace.search_spans(span_type="CHAT_MODEL"))

    result = mlflow.genai.evaluate(data=[{"inputs": {"value": one["input"]}}] * 2,
        predict_fn=lambda value: model.predict(value)[0], scorers=[is_right, models_called])
    traces = mlflow.search_traces(return_type="list", run_id=result.run_id)
    out[name] = {
        "predicted": model.predict(one["input"]),
        "streamed": list(model.predict_stream(one["input"])),
        "metrics": result.metrics,
        "traces": [{"roots": len([span for span in trace.data.spans if span.parent_id is None]),
                    "spans": len(trace.data.spans)} for trace in traces],
    }`);
      for (const name of ["chain", "agent", "rag"] as const) {
        const { predicted, streamed, metrics, traces } = out[name];
        const { answer } = MODELS[name];
        const { spans } = uris[name];
        expect(predicted).toEqual([answer]);
        expect(streamed.length).toBeGreaterThan(1);
        // The agent streams its steps.
        if (name === "agent") expect(JSON.stringify(streamed.at(-1))).toContain(answer);
        else expect(streamed.join("")).toBe(answer);
        expect(metrics).toMatchObject({
          "is_right/mean": 1,
          "models_called/mean": name === "agent" ? 4 : 1,
        });
        // The span of Python, and those of Node.js.
        expect(traces).toEqual(Array(2).fill({ roots: 1, spans: spans + 1 }));
      }
      expect(existsSync(cache)).toBe(kind === "plain");
    } finally {
      await session.close();
    }
  });

  // The wheel alone has no PATH, which the programs of MLflow need.
  const managers = RUNS_ALL ? ["local", "uv"] : ["local"];
  const isRun = !title.includes("wheel") && (RUNS_ALL || title.includes("bundled"));
  test.each(isRun ? managers : [])(
    "`mlflow models predict`, `serve` and `generate-dockerfile` run the model, with --env-manager %s",
    async (manager) => {
      const { kind, env: own } = await environmentOf();
      const mlflow = mlflowProgram("mlflow", VERSION);
      const all = {
        ...{ ...process.env, ...env, ...own, MLFLOW_LANGCHAIN_CACHE_DIR: cache },
        PATH: `${dirname(mlflow)}${delimiter}${process.env.PATH}`,
      };
      const names = RUNS_ALL ? (["chain", "agent", "rag"] as const) : (["rag"] as const);
      for (const name of names) {
        const { input, answer } = MODELS[name];
        const call = { mlflow, env: all, body: JSON.stringify({ inputs: input }) };
        const model = ["-m", uris[name][kind], "--env-manager", manager];
        expect(await predict(call, model)).toEqual({ predictions: [answer] });
        expect(await serve(call, model)).toEqual([200, { predictions: [answer] }]);
        const image = join(folder, `${name}-${kind}-${manager}`);
        const generate = ["models", "generate-dockerfile", "-m", uris[name][kind], "-d", image];
        await run(mlflow, generate, { env: all });
        expect(readFileSync(join(image, "Dockerfile"), "utf8")).toMatch(/python:?=?3\.11/);
        const files = ["MLmodel", "python/runner.mjs", "requirements.txt"];
        const copied = files.map((file) => existsSync(join(image, "model_dir", file)));
        expect(copied).toEqual([true, true, true]);
      }
    },
  );
});

interface ProgramCall {
  readonly mlflow: string;
  readonly env: NodeJS.ProcessEnv;
  /** The body of the request. */
  readonly body: string;
}

async function predict({ mlflow, env: all, body }: ProgramCall, model: readonly string[]) {
  const [from, to] = [join(folder, "input.json"), join(folder, "output.json")];
  writeFileSync(from, body);
  await run(mlflow, ["models", "predict", ...model, "-t", "json", "-i", from, "-o", to], {
    env: all,
  });
  return JSON.parse(readFileSync(to, "utf8"));
}

/** Serves a model, and returns the status and the body of an answer. The server has processes of its own. */
async function serve({ mlflow, env: all, body }: ProgramCall, model: readonly string[]) {
  const port = String(await freePort());
  const child = spawn(mlflow, ["models", "serve", ...model, "-p", port, "-h", "127.0.0.1"], {
    ...{ env: all, stdio: "ignore", detached: true },
  });
  try {
    const headers = { "content-type": "application/json" };
    while (child.exitCode === null) {
      const url = `http://127.0.0.1:${port}/invocations`;
      const response = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
      if (response) return [response.status, await response.json()];
      await sleep(200);
    }
    return ["ended", child.exitCode];
  } finally {
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  }
}
