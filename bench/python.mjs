// What it costs that Python runs a model in a Node.js process: the time of a call through Python's predict() and of a call in
// Node.js alone, the time of the first and of a later load, and memory. The model answers at once, so that the way to it is
// all that takes time. Linux only. Needs the MLflow that `npm test` installs. Run `npm run build` first.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const CALLS = 1000;
const python = resolve(".cache/mlflow-3.18.0/bin/python");

const MODEL = `
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
mlflow.models.setModel(
  ChatPromptTemplate.fromMessages([["human", "Write about {topic}."]])
    .pipe(new FakeListChatModel({ responses: ["An answer of the model."] }))
    .pipe(new StringOutputParser()),
);
`;

const NODE = `
import { readFileSync } from "node:fs";
import { pyfunc } from "langchain-mlflow";
const startedAt = performance.now();
const model = await pyfunc.loadModel(process.argv[2]);
const loadMs = performance.now() - startedAt;
const times = [];
for (let call = 0; call < ${CALLS * 2}; call += 1) {
  const at = performance.now();
  await model.predict({ topic: "parrots" });
  times.push(performance.now() - at);
}
const [, kilobytes] = /VmRSS:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ loadMs, times: times.slice(${CALLS}), megabytes: kilobytes / 1024 }));
`;

const PYTHON = `
import json, sys, time
import mlflow.pyfunc

def megabytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

def measure(call):
    times = []
    for _ in range(${CALLS * 2}):
        at = time.perf_counter()
        call()
        times.append((time.perf_counter() - at) * 1000)
    return times[${CALLS}:]

before = megabytes("self")
at = time.perf_counter()
model = mlflow.pyfunc.load_model(sys.argv[1])
load = (time.perf_counter() - at) * 1000
times = measure(lambda: model.predict({"topic": "parrots"}))
process = model._model_impl._processes[-1]._process
out = {"loadMs": load, "times": times, "megabytes": megabytes(process.pid), "pythonMegabytes": megabytes("self") - before}
print("\\x1e" + json.dumps(out))
`;

mkdirSync(resolve(".cache"), { recursive: true });
const folder = mkdtempSync(resolve(".cache", "bench-python-"));
const env = {
  ...process.env,
  MLFLOW_TRACKING_URI: join(folder, "store"),
  MLFLOW_ALLOW_FILE_STORE: "true",
  MLFLOW_DISABLE_TELEMETRY: "true",
  MLFLOW_LANGCHAIN_LOG_TRACES: "false",
  MLFLOW_LANGCHAIN_CACHE_DIR: join(folder, "cache"),
};

function run(program, args) {
  const out = execFileSync(program, args, {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(out.slice(out.lastIndexOf("\x1e") + 1));
}

const at = (times, share) =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length * share)];
const line = (name, { times, loadMs, megabytes }) =>
  `| ${name} | ${at(times, 0.5).toFixed(2)} ms | ${at(times, 0.95).toFixed(2)} ms | ${(loadMs / 1000).toFixed(1)} s | ${megabytes.toFixed(0)} MB |`;

try {
  writeFileSync(join(folder, "model.mjs"), MODEL);
  writeFileSync(join(folder, "node.mjs"), NODE);
  writeFileSync(join(folder, "python.py"), PYTHON);
  const { langchain } = await import("langchain-mlflow");
  const [plain, bundled] = [join(folder, "plain"), join(folder, "bundled")];
  await langchain.saveModel({ lcModel: join(folder, "model.mjs"), path: plain });
  await langchain.saveModel({ lcModel: join(folder, "model.mjs"), path: bundled, bundle: true });
  const node = run(process.execPath, ["node.mjs", plain]);
  const first = run(python, ["python.py", plain]);
  const later = run(python, ["python.py", plain]);
  const ofBundle = run(python, ["python.py", bundled]);
  console.log(
    `Node.js ${process.versions.node}, ${CALLS} calls after ${CALLS} others, one after another`,
  );
  console.log(
    "| | median of a call | p95 | load | memory of the Node.js process |\n|---|---|---|---|---|",
  );
  console.log(line("Node.js alone", node));
  console.log(line("Python, first load (npm installs)", first));
  console.log(line("Python, later loads", later));
  console.log(line("Python, `bundle: true`", ofBundle));
  const added = (share) => (at(later.times, share) - at(node.times, share)).toFixed(2);
  console.log(
    `Python adds ${added(0.5)} ms (median), ${added(0.95)} ms (p95), and ${later.pythonMegabytes.toFixed(0)} MB in its own process.`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
