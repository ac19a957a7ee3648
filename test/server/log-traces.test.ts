import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plain } from "../../src/data/plain.js";
import type { TrackingStore } from "../../src/store/store.js";
import { spanStatus } from "../../src/trace/span.js";
import type { Trace } from "../../src/trace/trace.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";
import { sampleTrace, TOKEN_USAGE } from "./sample-trace.js";
import { MLFLOW_VERSIONS } from "./versions.js";

describe.each(MLFLOW_VERSIONS)("traces sent to MLflow %s", (version) => {
  let server: MlflowServer;
  let store: TrackingStore;
  let experimentId: string;
  const minor = Number(version.split(".")[1]);

  beforeAll(async () => {
    server = await startMlflowServer({ version });
    store = openRestStore(server.url);
    experimentId = await store.createExperiment("traces");
  });
  afterAll(async () => {
    await store?.close();
    await server?.close();
  });

  async function log(...traces: Trace[]) {
    return (await store.logTraces(experimentId, traces)).map(({ state }) => state);
  }
  async function stored(trace: Trace): Promise<Trace> {
    expect(await log(trace)).toEqual(["stored"]);
    await store.drain?.();
    return (await store.getTrace(trace.info.traceId))!;
  }

  it("are read back unchanged, with name, tags, session, user, usage, source and previews", async () => {
    const trace = sampleTrace();
    const { info, data } = await stored(trace);
    expect(info).toMatchObject({
      traceId: trace.info.traceId,
      experimentId,
      requestTime: trace.info.requestTime,
      executionDuration: 1234,
      state: "OK",
      requestPreview: trace.info.requestPreview,
      responsePreview: trace.info.responsePreview,
      tags: { "mlflow.traceName": "RunnableSequence", team: "search" },
      traceMetadata: {
        "mlflow.trace_schema.version": "3",
        "mlflow.trace.session": "session-1",
        "mlflow.trace.user": "user-1",
        "mlflow.source.name": "app.ts",
        "mlflow.user": "developer",
      },
    });
    expect(JSON.parse(info.traceMetadata["mlflow.trace.tokenUsage"]!)).toEqual(TOKEN_USAGE);
    expect(data.spans).toEqual(trace.data.spans);
  });

  it("are the same to Python's client", async () => {
    const trace = sampleTrace();
    await stored(trace);
    const seen = await runPython<Record<string, unknown>>(
      `
import json, mlflow
mlflow.set_tracking_uri("${server.url}")
trace = mlflow.get_trace("${trace.info.traceId}")
root, child = trace.data.spans
print(json.dumps({
  "name": trace.info.tags["mlflow.traceName"], "session": trace.info.trace_metadata["mlflow.trace.session"],
  "duration": trace.info.execution_duration, "state": str(trace.info.state),
  "root": [root.name, root.span_type, root.inputs, root.outputs, str(root.start_time_ns), str(root.end_time_ns), root.parent_id],
  "child": [child.name, child.span_type, child.inputs, child.attributes["mlflow.chat.tokenUsage"], child.parent_id],
  "event": [child.events[0].name, str(child.events[0].timestamp), child.events[0].attributes],
}))`,
      { version },
    );
    const [root, child] = trace.data.spans as [
      (typeof trace.data.spans)[0],
      (typeof trace.data.spans)[0],
    ];
    expect(seen).toEqual({
      name: "RunnableSequence",
      session: "session-1",
      duration: 1234,
      state: expect.stringContaining("OK"),
      root: [
        ...[root.name, root.spanType, root.inputs, root.outputs],
        ...[String(root.startTimeNs), String(root.endTimeNs), null],
      ],
      child: [child.name, child.spanType, child.inputs, TOKEN_USAGE, root.spanId],
      event: ["first_token", String(child.events[0]!.timestampNs), { index: 0 }],
    });
  });

  it("keep the type of every value, and every server can read them", async () => {
    const values: Record<string, [sent: Plain, read: Plain]> = {
      "a 64-bit integer": [2n ** 62n + 1n, 2n ** 62n + 1n],
      "a negative 64-bit integer": [-(2n ** 62n) - 1n, -(2n ** 62n) - 1n],
      "a negative integer": [-5, -5],
      "an integer beyond 64 bits": [2n ** 70n, "1180591620717411303424"],
      "a fraction": [1.5, 1.5],
      NaN: [Number.NaN, "NaN"],
      "minus infinity": [Number.NEGATIVE_INFINITY, "-Infinity"],
      true: [true, true],
      null: [null, null],
      "an empty object": [{}, {}],
      "an empty array": [[], []],
      "an array of mixed things": [
        [1, "x", null, { y: [2.5] }],
        [1, "x", null, { y: [2.5] }],
      ],
      // Artifacts, the way to servers before 3.6, keep it.
      "a text with NUL": ["a\0b", minor >= 6 ? "ab" : "a\0b"],
      "half of a surrogate pair": ["a\ud800b", "a\ufffdb"],
      "emoji and Korean": ["🦜 안녕", "🦜 안녕"],
      "a date": [new Date(0), "1970-01-01T00:00:00.000Z"],
      bytes: [new Uint8Array([1, 2, 3]), "AQID"],
    };
    const sent = Object.fromEntries(Object.entries(values).map(([key, [value]]) => [key, value]));
    const read = Object.fromEntries(Object.entries(values).map(([key, [, value]]) => [key, value]));
    const { data } = await stored(sampleTrace({ root: { inputs: sent, attributes: sent } }));
    expect(data.spans[0]!.inputs).toEqual(read);
    expect(data.spans[0]!.attributes).toEqual(read);
  });

  it.runIf(minor >= 7)("keep a text that looks like JSON a text", async () => {
    const deep = "[".repeat(40) + "]".repeat(40);
    const texts = ['{"x":1}', "[1]", '"quoted"', " {not json", "42", "true", "null", "", deep];
    for (const outputs of texts) {
      const { data } = await stored(sampleTrace({ root: { outputs } }));
      expect(data.spans[0]!.outputs).toBe(outputs);
    }
  });

  it("hold a megabyte of text", async () => {
    const outputs = "🦜 a long text\n".repeat(70_000);
    const { data } = await stored(sampleTrace({ root: { outputs } }));
    expect(data.spans[0]!.outputs === outputs).toBe(true);
  });

  it.runIf(minor >= 6)(
    "survive objects 40 levels deep: what is below the 24th is JSON text",
    async () => {
      let inputs: Plain = { bottom: true };
      for (let level = 1; level < 40; level++) inputs = { level: inputs };
      const { data } = await stored(sampleTrace({ root: { inputs } }));
      let read = data.spans[0]!.inputs;
      for (let level = 0; level < 24; level++) read = (read as { level: Plain }).level;
      expect(JSON.parse(read as string)).toMatchObject({ level: { level: {} } });
      expect(read).toContain('{"bottom":true}');
    },
  );

  it("have a duration even when a span has no end", async () => {
    const { data } = await stored(sampleTrace({ child: { endTimeNs: 0n } }));
    expect(data.spans[1]!.endTimeNs).toBe(data.spans[1]!.startTimeNs);
  });

  it("are not refused for a time, a session or a tag that is too large for the database", async () => {
    const trace = sampleTrace({
      root: { endTimeNs: 2n ** 64n - 1n },
      metadata: { "mlflow.trace.session": "s".repeat(1000) },
      info: { tags: { "mlflow.traceName": "n".repeat(9000), ["k".repeat(300)]: "v" } },
    });
    const { info } = await stored(trace);
    expect(info.traceMetadata["mlflow.trace.session"]).toBe("s".repeat(250));
    expect(info.tags["mlflow.traceName"]).toHaveLength(4096);
  });

  it("have the state ERROR if their root span is an error", async () => {
    const trace = sampleTrace({
      root: { status: spanStatus("ERROR", "Error: no") },
      info: { state: "ERROR" },
    });
    const { info, data } = await stored(trace);
    expect(info.state).toBe("ERROR");
    expect(data.spans[0]!.status).toEqual({ code: "ERROR", message: "Error: no" });
  });

  it("are stored once if they are sent twice, and their tokens are counted once", async () => {
    const traces = Array.from({ length: 3 }, () => sampleTrace());
    expect(await log(...traces)).toEqual(["stored", "stored", "stored"]);
    expect(await log(...traces)).toEqual(["stored", "stored", "stored"]);
    await store.drain?.();
    expect(await log(...traces)).toEqual(["stored", "stored", "stored"]);
    await store.drain?.();
    for (const { info } of traces) {
      const { items } = await store.searchTraceInfos({
        experimentIds: [experimentId],
        filter: `attributes.request_id = '${info.traceId}'`,
      });
      expect(items).toHaveLength(1);
      const usage = items[0]!.traceMetadata["mlflow.trace.tokenUsage"]!;
      expect(JSON.parse(usage)).toEqual(TOKEN_USAGE);
      expect((await store.getTrace(info.traceId))!.data.spans).toHaveLength(2);
    }
  });

  it("carry run, model, request id and metadata of their own before they count as stored", async () => {
    const trace = sampleTrace({
      info: { clientRequestId: "request-1" },
      metadata: { "mlflow.sourceRun": "9d1f", "mlflow.modelId": "m-1", own: "value" },
    });
    expect(await log(trace)).toEqual(["stored"]);
    const { info } = (await store.getTrace(trace.info.traceId))!;
    expect(info.clientRequestId).toBe("request-1");
    expect(info.traceMetadata).toMatchObject({
      "mlflow.sourceRun": "9d1f",
      "mlflow.modelId": "m-1",
      own: "value",
    });
  });

  it.runIf(minor >= 14)(
    "are refused one by one: a bad trace does not take the other four with it",
    async () => {
      // The server sums token counts up, and fails over one that is no number.
      const usage = { input_tokens: null, output_tokens: null, total_tokens: null };
      const traces = [
        sampleTrace(),
        sampleTrace(),
        sampleTrace({ child: { attributes: { "mlflow.chat.tokenUsage": usage } } }),
        sampleTrace(),
        sampleTrace({ info: { traceId: "tr-of another kind" } }),
      ];
      const verdicts = await store.logTraces(experimentId, traces);
      expect(verdicts.map(({ state }) => state)).toEqual([
        "stored",
        "stored",
        "refused",
        "stored",
        "refused",
      ]);
      expect((verdicts[4] as { cause: Error }).cause.message).toContain("32 hexadecimal digits");
      expect(await store.getTrace(traces[0]!.info.traceId)).toBeDefined();
    },
  );

  it("are sent in hundreds, and are found page by page", async () => {
    const experimentId = await store.createExperiment("hundreds");
    const traces = Array.from({ length: 200 }, () => sampleTrace());
    const verdicts = await store.logTraces(experimentId, traces);
    expect(verdicts.every(({ state }) => state === "stored")).toBe(true);
    const found = new Set<string>();
    let pageToken: string | undefined;
    do {
      const page = await store.searchTraceInfos({
        experimentIds: [experimentId],
        maxResults: 150,
        ...(pageToken && { pageToken }),
      });
      for (const { traceId } of page.items) found.add(traceId);
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(found).toEqual(new Set(traces.map(({ info }) => info.traceId)));
  });

  it("are refused with a clear message if the experiment is deleted or unknown", async () => {
    const deleted = await store.createExperiment("deleted");
    await fetch(`${server.url}/api/2.0/mlflow/experiments/delete`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ experiment_id: deleted }),
    });
    const [verdict] = await store.logTraces(deleted, [sampleTrace()]);
    expect(verdict).toMatchObject({ state: "refused" });
    expect(String((verdict as { cause: Error }).cause)).toMatch(
      /\("deleted"\).*is deleted: restore it/,
    );
    const [unknown] = await store.logTraces("987654321", [sampleTrace()]);
    expect(unknown).toMatchObject({ state: "refused" });
    expect(String((unknown as { cause: Error }).cause)).toContain("987654321 does not exist");
  });

  it("are undefined when there is no such trace", async () => {
    expect(await store.getTrace(`tr-${"0".repeat(31)}1`)).toBeUndefined();
  });

  it.runIf(minor >= 14)(
    "lose nothing but source and creator when the server has no time for them",
    async () => {
      let shed = 0;
      const busy = openRestStore(
        server.url,
        {},
        {
          onShed: (count) => {
            shed += count;
          },
        },
      );
      const traces = Array.from({ length: 120 }, () => sampleTrace());
      const verdicts = await busy.logTraces(experimentId, traces);
      expect(verdicts.every(({ state }) => state === "stored")).toBe(true);
      expect(shed).toBe(20);
      await busy.close();
      expect(shed).toBeGreaterThanOrEqual(117);
      const { info } = (await store.getTrace(traces[119]!.info.traceId))!;
      expect(info.traceMetadata["mlflow.source.name"]).toBeUndefined();
      expect(info.traceMetadata["mlflow.trace.session"]).toBe("session-1");
      expect(info.tags).toMatchObject(traces[119]!.info.tags);
    },
  );
});
