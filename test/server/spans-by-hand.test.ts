import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";

// Python programs of MLflow's documentation and tests, as a user writes them in TypeScript.
let server: MlflowServer;
beforeAll(async () => {
  server = await startMlflowServer();
  mlflow.init({ trackingUri: server.url, experimentName: "spans by hand" });
});
afterAll(async () => {
  mlflow.autolog({ disable: true });
  await mlflow.flushTraces();
  await server?.close();
});

const upper = RunnableLambda.from((text: string) => text.toUpperCase()).withConfig({
  runName: "upper",
});

/** A trace as Python's client reads it. */
interface PythonTrace {
  readonly state: string;
  readonly request: string | null;
  readonly response: string | null;
  readonly client_request_id: string | null;
  readonly tags: Record<string, string>;
  readonly metadata: Record<string, string>;
  /** `type name status inputs → outputs`, indented by depth. */
  readonly tree: readonly string[];
  readonly events: readonly string[];
}

async function readBack(traceId: string | undefined): Promise<PythonTrace> {
  await mlflow.flushTraces();
  return runPython<PythonTrace>(
    `
import json, mlflow
trace = mlflow.get_trace("${traceId}")
ids = {span.span_id: span for span in trace.data.spans}
def depth(span):
    return 0 if span.parent_id is None else 1 + depth(ids[span.parent_id])
def line(span):
    return f"{'  ' * depth(span)}{span.span_type} {span.name} {span.status.status_code.value} {json.dumps(span.inputs)} → {json.dumps(span.outputs)}"
spans = sorted(trace.data.spans, key=lambda span: span.start_time_ns)
print(json.dumps(dict(
    state=trace.info.state.value, request=trace.info.request_preview, response=trace.info.response_preview,
    client_request_id=trace.info.client_request_id, tags=trace.info.tags, metadata=trace.info.trace_metadata,
    tree=[line(span) for span in spans], events=[event.name for span in spans for event in span.events])))
`,
    { env: { MLFLOW_TRACKING_URI: server.url } },
  );
}

const readLast = () => readBack(mlflow.getLastActiveTraceId());

test("a traced function that calls traced functions is one trace, without autolog", async () => {
  const addOne = mlflow.trace((x: number) => x + 1, { name: "addOne", spanType: "TOOL" });
  const run = mlflow.trace(async function run(x: number) {
    return mlflow.withSpan((span) => {
      span.setInputs({ x });
      return addOne(x) * 2;
    });
  });
  expect(await run(2)).toBe(6);
  expect(await readLast()).toMatchObject({
    ...{ state: "OK", request: '{"x": 2}', response: "6" },
    tree: [
      'UNKNOWN run OK {"x": 2} → 6',
      '  UNKNOWN span OK {"x": 2} → 6',
      '    TOOL addOne OK {"x": 2} → 3',
    ],
  });
});

test("nested_mlflow_trace: a span around a chain, with autolog", async () => {
  mlflow.autolog();
  await mlflow.withSpan(() => upper.invoke("a"), { name: "parent", inputs: "a" });
  expect((await readLast()).tree).toEqual([
    'UNKNOWN parent OK "a" → "A"',
    '  CHAIN upper OK "a" → "A"',
  ]);
});

test("trace_inside_chain: a traced function and a chain in a step of a chain", async () => {
  const inner = mlflow.trace(async (text: string) => upper.invoke(text), { name: "inner" });
  await RunnableLambda.from((text: string) => inner(text)).invoke("b");
  expect((await readLast()).tree).toEqual([
    'CHAIN RunnableLambda OK "b" → "B"',
    '  UNKNOWN inner OK {"text": "b"} → "B"',
    '    CHAIN upper OK "b" → "B"',
  ]);
});

test("context_manager_metadata: tags, metadata, session and user of every trace in a function", async () => {
  await mlflow.tracingContext(
    { tags: { team: "a" }, metadata: { release: "1" }, sessionId: "s-1", user: "ada" },
    () => upper.invoke("c"),
  );
  expect(await readLast()).toMatchObject({
    tags: { team: "a" },
    metadata: { release: "1", "mlflow.trace.session": "s-1", "mlflow.trace.user": "ada" },
  });
});

test("async decorators: a failed method is an error of its span and of the trace", async () => {
  class Service {
    async answer(question: string): Promise<string> {
      throw new TypeError(`no answer to ${question}`);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Service.prototype, "answer")!;
  const decorated = mlflow.trace({ spanType: "AGENT" })(Service.prototype, "answer", descriptor);
  Object.defineProperty(Service.prototype, "answer", decorated);
  await expect(new Service().answer("d")).rejects.toThrow("no answer to d");
  expect(await readLast()).toMatchObject({
    state: "ERROR",
    tree: ['AGENT answer ERROR {"question": "d"} → null'],
    events: ["exception"],
  });
});

test("tracing_disabled: nothing in the function becomes a trace", async () => {
  const before = mlflow.getLastActiveTraceId();
  await mlflow.tracingContext({ enabled: false }, async () => {
    await upper.invoke("e");
    mlflow.withSpan(() => {});
  });
  expect(mlflow.getLastActiveTraceId()).toBe(before);
});

test("update_current_trace: what the app sets is not derived from the spans", async () => {
  await mlflow.withSpan(async () => {
    mlflow.updateCurrentTrace({
      ...{ tags: { fruit: "apple" }, metadata: { commit: "123" }, clientRequestId: "req-1" },
      ...{ requestPreview: "asked", responsePreview: "answered", state: "ERROR", user: "ada" },
    });
    return upper.invoke("f");
  });
  expect(await readLast()).toMatchObject({
    ...{ state: "ERROR", request: "asked", response: "answered", client_request_id: "req-1" },
    ...{ tags: { fruit: "apple" }, metadata: { commit: "123", "mlflow.trace.user": "ada" } },
  });
});

test("only the previews are set", async () => {
  mlflow.withSpan(() => mlflow.updateCurrentTrace({ requestPreview: "asked" }), { inputs: "x" });
  expect(await readLast()).toMatchObject({ state: "OK", request: "asked" });
});

test("generators: the outputs are the list of values", async () => {
  const count = mlflow.trace(async function* count(to: number) {
    for (let n = 0; n < to; n += 1) yield n;
  });
  for await (const _ of count(3)) void _;
  expect((await readLast()).tree).toEqual(['UNKNOWN count OK {"to": 3} → [0, 1, 2]']);
});

test("start_span_no_context: spans that are ended elsewhere, with explicit parents", async () => {
  const root = mlflow.startSpan({ name: "root", inputs: { a: 1 } });
  const child = mlflow.startSpan({ name: "child", parent: root, spanType: "RETRIEVER" });
  child.addEvent({ name: "cache hit", attributes: { key: "k" } });
  child.end({ outputs: [] });
  root.end({ outputs: { b: 2 }, status: "ERROR" });
  expect(await readBack(root.traceId)).toMatchObject({
    state: "ERROR",
    tree: ['UNKNOWN root ERROR {"a": 1} → {"b": 2}', "  RETRIEVER child OK null → []"],
    events: ["cache hit"],
  });
});

test("span hooks: values are removed before they are sent", async () => {
  const remove = mlflow.registerOnSpanEndHook((span) => span.setInputs("removed"));
  await mlflow.withSpan(() => upper.invoke("secret"), { inputs: "secret" });
  remove();
  expect((await readLast()).tree).toEqual([
    'UNKNOWN span OK "removed" → "SECRET"',
    '  CHAIN upper OK "removed" → "SECRET"',
  ]);
});

test("Python's Trace.from_json reads a trace as JSON", async () => {
  mlflow.autolog();
  await mlflow.withSpan(() => upper.invoke("g"), { name: "outer", attributes: { k: [1, "x"] } });
  const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
  const read = await runPython(
    `
import json, os
from mlflow.entities import Trace
trace = Trace.from_json(os.environ["TRACE_JSON"])
print(json.dumps([trace.info.trace_id, trace.info.state.value, [[span.name, span.inputs, span.outputs, span.parent_id is None] for span in trace.search_spans()], trace.data.spans[0].get_attribute("k")]))
`,
    { env: { TRACE_JSON: trace?.toJson() ?? "" } },
  );
  expect(read).toEqual([
    trace?.info.traceId,
    "OK",
    [
      ["outer", null, "G", true],
      ["upper", "g", "G", false],
    ],
    [1, "x"],
  ]);
});
