import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModelApp } from "../support/model-app.js";
import { startPythonSession } from "../support/python-session.js";

const HARD = fileURLToPath(new URL("../fixtures/python-function/hard-model.mjs", import.meta.url));
const app = createModelApp();
const model = join(app.directory, "model");

/** A Python process that has loaded the model. The model uses the packages of the app, so nothing is installed. */
async function startPython() {
  const python = startPythonSession({
    version: "3.18.0",
    env: { MLFLOW_TRACKING_URI: join(app.directory, "store"), MLFLOW_ALLOW_FILE_STORE: "true" },
  });
  await python.run(`
import mlflow, os, threading
hard = mlflow.pyfunc.load_model(${JSON.stringify(model)})`);
  return python;
}

beforeAll(async () => {
  app.write("hard-model.mjs", readFileSync(HARD, "utf8"));
  await app.run(`
import * as mlflow from "langchain-mlflow";
await mlflow.langchain.saveModel({
  lcModel: "hard-model.mjs", path: "model", modelConfig: { greeting: "hi" },
});`);
  symlinkSync(join(app.directory, "node_modules"), join(model, "node_modules"), "junction");
});
afterAll(() => app.close());

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const untilEnded = (pid: number) =>
  expect.poll(() => isRunning(pid), { timeout: 50_000, interval: 100 }).toBe(false);

describe("a Python process that is killed", () => {
  test("ends the Node.js process of a model in an endless loop", async () => {
    const python = await startPython();
    const pid = await python.run<number>(`
out = hard.predict("processId")
threading.Thread(target=lambda: hard.predict("block"), daemon=True).start()`);
    // The model has received the request.
    await python.run("import time; time.sleep(0.5)");
    process.kill(python.pid as number, "SIGKILL");
    await untilEnded(pid);
  });

  test("ends the Node.js process although a fork of Python keeps the connection open", async () => {
    const python = await startPython();
    const [pid, fork] = await python.run<[number, number]>(`
import time
fork = os.fork()
if fork == 0:
    time.sleep(120)
    os._exit(0)
out = [hard.predict("processId"), fork]`);
    process.kill(python.pid as number, "SIGKILL");
    await untilEnded(pid);
    expect(isRunning(fork)).toBe(true);
    process.kill(fork, "SIGKILL");
  });
});

test("bytes of a result are base64, in a call and in a stream, as in the JSON of Python's MLflow", async () => {
  const python = await startPython();
  const out = await python.run(`
from mlflow.utils.proto_json_utils import NumpyEncoder
import json
pythons = json.loads(json.dumps({"png": bytes([0, 255])}, cls=NumpyEncoder))
out = [pythons, hard.predict("kindOf bytes"), list(hard.predict_stream("kindOf bytes"))]`);
  await python.close();
  const bytes = { png: "AP8=\n" };
  expect(out).toEqual([bytes, bytes, [bytes]]);
});

test("a stream that Python leaves is returned in Node.js, and its spans are in the trace once, with the reason", async () => {
  const python = await startPython();
  const out = await python.run<unknown[]>(`
import time
def leave():
    with mlflow.start_span("python") as span:
        for chunk in hard.predict_stream("endless"):
            break
    return mlflow.get_trace(span.trace_id, flush=True).data.spans

with_trace = [[span.name, span.status.status_code.name, span.status.description] for span in leave()]
first = hard.predict("streamsOpen")
for chunk in hard.predict_stream("endless alone"):
    break
deadline = time.monotonic() + 10
while hard.predict("streamsOpen") > first and time.monotonic() < deadline:
    time.sleep(0.05)
out = [with_trace, hard.predict("streamsOpen") - first]`);
  await python.close();
  const aborted = "The caller has left.";
  expect(out).toEqual([
    [
      ["python", "OK", ""],
      ["RunnableLambda", "ERROR", aborted],
    ],
    0,
  ]);
});

test("a loaded model can be copied and pickled: the copy loads the model again, with its configuration", async () => {
  const [python, other] = await Promise.all([startPython(), startPython()]);
  const file = JSON.stringify(join(app.directory, "model.pickle"));
  const out = await python.run<unknown[]>(`
import copy, pickle, cloudpickle
salut = mlflow.pyfunc.load_model(${JSON.stringify(model)}, model_config={"greeting": "salut"})
with open(${file}, "wb") as written:
    pickle.dump(salut, written)
copies = [copy.copy(salut), copy.deepcopy(salut), pickle.loads(pickle.dumps(salut)), cloudpickle.loads(cloudpickle.dumps(salut))]
out = [[one.predict("greet Ada") for one in copies], len({one.predict("processId") for one in [salut, *copies]})]`);
  // Of the others, copy() shares the process.
  expect(out).toEqual([Array(4).fill("salut Ada"), 4]);
  const read = await other.run(`
import pickle, sys
for name in [name for name in sys.modules if name.startswith("langchain_mlflow_loader")]: del sys.modules[name]
sys.path = [path for path in sys.path if path != ${JSON.stringify(join(model, "python"))}]
with open(${file}, "rb") as written:
    out = pickle.load(written).predict("greet Bob")`);
  expect(read).toBe("salut Bob");
  await Promise.all([python.close(), other.close()]);
});
