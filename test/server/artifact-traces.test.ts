import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrackingStore } from "../../src/store/store.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";
import { sampleTrace } from "./sample-trace.js";

let server: MlflowServer;
let store: TrackingStore;
let experimentId: string;

beforeAll(async () => {
  server = await startMlflowServer({ backend: "file" });
  store = openRestStore(server.url);
  experimentId = await store.createExperiment("artifacts");
});
afterAll(async () => {
  await store?.close();
  await server?.close();
});

describe("a server on a file store, which refuses OTLP", () => {
  it("gets traces as artifacts, whole", async () => {
    const traces = Array.from({ length: 6 }, () => sampleTrace());
    const verdicts = await store.logTraces(experimentId, traces);
    expect(verdicts).toEqual(traces.map(() => ({ state: "stored" })));
    for (const trace of traces) {
      const found = await store.getTrace(trace.info.traceId);
      expect(found?.data.spans).toEqual(trace.data.spans);
      expect(found?.info).toMatchObject({
        experimentId,
        state: "OK",
        executionDuration: 1234,
        tags: trace.info.tags,
        traceMetadata: trace.info.traceMetadata,
      });
    }
  });

  it("takes a trace twice and has it once", async () => {
    const trace = sampleTrace();
    expect(await store.logTraces(experimentId, [trace])).toEqual([{ state: "stored" }]);
    expect(await store.logTraces(experimentId, [trace])).toEqual([{ state: "stored" }]);
    const { items } = await store.searchTraceInfos({ experimentIds: [experimentId] });
    expect(items.filter(({ traceId }) => traceId === trace.info.traceId)).toHaveLength(1);
  });

  it("shows them to Python's client", async () => {
    const trace = sampleTrace();
    await store.logTraces(experimentId, [trace]);
    const seen = await runPython(`
import json, mlflow
mlflow.set_tracking_uri("${server.url}")
trace = mlflow.get_trace("${trace.info.traceId}")
print(json.dumps([[span.name, span.span_type, span.inputs] for span in trace.data.spans]))`);
    expect(seen).toEqual(
      trace.data.spans.map(({ name, spanType, inputs }) => [name, spanType, inputs]),
    );
  });
});

describe("a server on a file store that names its own folders", () => {
  let direct: MlflowServer;
  beforeAll(async () => {
    const args = ["--no-serve-artifacts"];
    direct = await startMlflowServer({ backend: "file", args });
  });
  afterAll(() => direct?.close());

  async function logInto(env: Record<string, string>) {
    const store = openRestStore(direct.url, env);
    try {
      const experimentId = await store.createExperiment(`e${Math.random()}`);
      const trace = sampleTrace();
      const [verdict] = await store.logTraces(experimentId, [trace]);
      const found = await store.getTrace(trace.info.traceId).catch(() => undefined);
      return { verdict, spans: found?.data.spans.length, wanted: trace.data.spans.length };
    } finally {
      await store.close();
    }
  }

  it("gets no spans there unless the folder is allowed", async () => {
    const refused = await logInto({});
    expect(refused.verdict).toMatchObject({
      state: "refused",
      cause: { message: expect.stringContaining("MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS=/") },
    });
    expect(refused.spans ?? 0).toBe(0);
  });

  it("gets them where the variable that the error names says so", async () => {
    const { verdict: before } = await logInto({});
    const { message } = (before as { cause: Error }).cause;
    const [, folder = ""] = /ROOTS=(.*), or a folder above it/.exec(message) ?? [];
    // Another experiment of the same server is beside that folder.
    const { verdict, spans, wanted } = await logInto({
      MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS: dirname(folder),
    });
    expect(verdict).toEqual({ state: "stored" });
    expect(spans).toBe(wanted);
  });
});
