import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { Trace } from "../../src/trace/trace.js";
import { richTrace, START_MS, START_NS } from "../store/file/rich-trace.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { mlflowProgram, runPython } from "../support/python.js";

const ODD_KEY = "team @ home";

/** What the readers below have to find. */
const traces = [
  richTrace("first", { tags: { "mlflow.traceName": "first", [ODD_KEY]: "x", "a/b": "y" } }),
  richTrace("second", { requestTime: START_MS + 1000, state: "OK" }),
  richTrace("third", { requestTime: START_MS + 2000 }),
];
const directory = temporaryDirectory({ whenOver: afterAll });
let experimentId: string;

beforeAll(async () => {
  const store = createFileStore({ directory });
  experimentId = await store.createExperiment("한국어 experiment");
  const verdicts = await store.logTraces(experimentId, traces.slice(0, 2));
  expect(verdicts.map(({ state }) => state)).toEqual(["stored", "stored"]);
  store.logTracesSync?.(experimentId, traces.slice(2));
  await store.logTraces("0", [richTrace("elsewhere")]);
});

describe("an MLflow server on the directory", () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await startMlflowServer({
      args: ["--backend-store-uri", pathToFileURL(directory).href],
    });
  });
  afterAll(() => server?.close());

  test("lists the traces, newest first, with all they carry", async () => {
    expect(await searchOverRest(server.url)).toMatchObject([
      { trace_id: traces[2]?.info.traceId },
      { trace_id: traces[1]?.info.traceId, state: "OK" },
      {
        trace_id: traces[0]?.info.traceId,
        state: "ERROR",
        client_request_id: "req-1",
        request_time: "2026-11-23T18:41:10.023Z",
        execution_duration: "1.500s",
        request_preview: traces[0]?.info.requestPreview,
        trace_metadata: traces[0]?.info.traceMetadata,
        tags: { "mlflow.traceName": "first", "team _ home": "x", "a/b": "y" },
      },
    ]);
  });

  test("shows the spans", async () => {
    await expectSpansOverRest(server.url, traces);
  });

  test("knows the experiments", async () => {
    const answer = await post(`${server.url}/api/2.0/mlflow/experiments/search`, {
      max_results: 10,
    });
    const { experiments } = answer as { experiments: { name: string }[] };
    expect(experiments.map(({ name }) => name).sort()).toEqual(["Default", "한국어 experiment"]);
  });
});

test("Python's client reads the directory", async () => {
  const found = await runPython<Record<string, never>>(
    `
import json, mlflow
out = []
for info in mlflow.search_traces(locations=["${experimentId}"], return_type="list", order_by=["timestamp_ms ASC"]):
    t = mlflow.get_trace(info.info.trace_id)
    out.append({
        "traceId": t.info.trace_id, "experimentId": t.info.experiment_id, "state": str(t.info.state.value),
        "requestTime": t.info.request_time, "executionDuration": t.info.execution_duration,
        "requestPreview": t.info.request_preview, "responsePreview": t.info.response_preview,
        "clientRequestId": t.info.client_request_id, "tags": t.info.tags, "metadata": t.info.trace_metadata,
        "usage": t.info.token_usage,
        "spans": [{"spanId": s.span_id, "parentId": s.parent_id, "name": s.name, "spanType": s.span_type,
            "startTimeNs": str(s.start_time_ns), "endTimeNs": str(s.end_time_ns),
            "status": [s.status.status_code.value, s.status.description],
            "inputs": s.inputs, "outputs": s.outputs, "attributes": s.attributes,
            "events": [[e.name, str(e.timestamp), e.attributes] for e in s.events]} for s in t.data.spans]})
print(json.dumps(out))`,
    {
      env: { MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_TRACKING_URI: pathToFileURL(directory).href },
    },
  );
  expect(found).toHaveLength(3);
  expect(found).toMatchObject(traces.map(asPythonSeesIt));
});

test("mlflow migrate-filestore moves everything into a database that a server shows", async () => {
  const database = `sqlite:///${join(temporaryDirectory({ prefix: "mlflow-database-" }), "mlflow.db")}`;
  await promisify(execFile)(
    mlflowProgram("mlflow"),
    ["migrate-filestore", "--source", directory, "--target", database],
    { env: { ...process.env, MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_DISABLE_TELEMETRY: "true" } },
  );
  const server = await startMlflowServer({ args: ["--backend-store-uri", database] });
  try {
    const found = (await searchOverRest(server.url)) as { trace_id: string }[];
    const ids = traces.map(({ info }) => info.traceId);
    expect(found.map((info) => info.trace_id)).toEqual([...ids].reverse());
    expect(found[2]).toMatchObject({ tags: { "mlflow.traceName": "first", "a/b": "y" } });
    await expectSpansOverRest(server.url, traces);
  } finally {
    await server.close();
  }
}, 180_000);

function asPythonSeesIt({ info, data }: Trace) {
  const { [ODD_KEY]: odd, ...tags } = info.tags;
  return {
    traceId: info.traceId,
    experimentId,
    state: info.state,
    requestTime: info.requestTime,
    executionDuration: info.executionDuration,
    requestPreview: info.requestPreview,
    responsePreview: info.responsePreview,
    clientRequestId: info.clientRequestId,
    tags: odd === undefined ? tags : { ...tags, "team _ home": odd },
    metadata: info.traceMetadata,
    usage: { input_tokens: 29, output_tokens: 8, total_tokens: 37 },
    spans: data.spans.map((span) => ({
      spanId: span.spanId,
      parentId: span.parentId ?? null,
      name: span.name,
      spanType: span.spanType,
      startTimeNs: String(span.startTimeNs),
      endTimeNs: String(span.endTimeNs),
      status: [span.status.code, span.status.message],
      inputs: span.inputs,
      outputs: inDoubles(span.outputs),
      attributes: span.attributes,
      events: span.events.map((event) => [event.name, String(event.timestampNs), event.attributes]),
    })),
  };
}

/** This test reads Python's JSON with JSON.parse, which has no longer integers. */
function inDoubles(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).map(([key, entry]) => [
    key,
    typeof entry === "bigint" ? Number(entry) : entry,
  ]);
  return Object.fromEntries(entries);
}

async function searchOverRest(url: string): Promise<unknown> {
  const location = {
    type: "MLFLOW_EXPERIMENT",
    mlflow_experiment: { experiment_id: experimentId },
  };
  const answer = await post(`${url}/api/3.0/mlflow/traces/search`, {
    locations: [location],
    max_results: 10,
  });
  return (answer as { traces: unknown }).traces;
}

async function expectSpansOverRest(url: string, expected: readonly Trace[]): Promise<void> {
  for (const { info, data } of expected) {
    const answer = await fetch(
      `${url}/ajax-api/2.0/mlflow/get-trace-artifact?request_id=${info.traceId}`,
    );
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    expect(text).toContain(`"start_time_unix_nano":${START_NS}`);
    const { spans } = JSON.parse(text) as { spans: Record<string, unknown>[] };
    expect(spans.map((span) => span.name)).toEqual(data.spans.map(({ name }) => name));
    expect(spans[1]).toMatchObject({
      attributes: { "mlflow.spanType": '"CHAT_MODEL"', "mlflow.llm.model": '"gpt-4o-mini"' },
    });
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}
