import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";
import { runPython } from "../../support/python.js";
import { type RecordedRequest, startRecordingServer } from "../../support/recording-server.js";

const program = fileURLToPath(new URL("../../fixtures/open-telemetry/copies.mjs", import.meta.url));
let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "copies-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Printed {
  readonly counts: unknown;
  readonly losses: Record<string, number>;
  readonly tookMs: number;
}

/** Runs the program. Returns what it printed, and the ids of the traces in its local store. */
async function run(env: Record<string, string>, options = {}, ...more: string[]) {
  count += 1;
  const directory = join(folder, String(count));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [program, JSON.stringify(options), ...more],
    {
      env: { ...process.env, MLFLOW_TRACKING_URI: directory, ...env },
      timeout: CHILD_LIMIT_MS,
      killSignal: "SIGKILL",
    },
  );
  const store = createFileStore({ directory });
  const { items } = await store.searchTraceInfos({ experimentIds: ["0"] });
  await store.close();
  const traceIds = items.map(({ traceId }) => traceId).sort();
  return { printed: JSON.parse(stdout) as Printed, stderr, traceIds };
}

interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly [field: string]: unknown;
}

interface DecodedRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly unknown[] };
    readonly scopeSpans: readonly {
      readonly scope: unknown;
      readonly spans: readonly DecodedSpan[];
    }[];
  }[];
}

/** Decodes requests by OpenTelemetry's own protobuf definitions. Ids are base64 in their JSON. */
async function decode(requests: readonly RecordedRequest[]): Promise<DecodedRequest[]> {
  const files = requests.map(({ body }, index) => {
    const path = join(folder, `request-${index}`);
    writeFileSync(path, body, "latin1");
    return path;
  });
  const decoded = await runPython<DecodedRequest[]>(`
import json
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
print(json.dumps([MessageToDict(ExportTraceServiceRequest.FromString(open(f, "rb").read())) for f in ${JSON.stringify(files)}]))`);
  for (const file of files) rmSync(file);
  return decoded;
}

const spansOf = (requests: readonly DecodedRequest[]) =>
  requests.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
const hex = (base64: string) => Buffer.from(base64, "base64").toString("hex");
const idsOf = (requests: readonly DecodedRequest[]) =>
  [...new Set(spansOf(requests).map(({ traceId }) => `tr-${hex(traceId)}`))].sort();
const base64 = (digits: string) => Buffer.from(digits, "hex").toString("base64");

const DUAL = { MLFLOW_TRACE_ENABLE_OTLP_DUAL_EXPORT: "true" };

describe("copies of traces for OpenTelemetry", () => {
  test("have all spans, typed values, events, links and the fields of the trace", async () => {
    const collector = await startRecordingServer();
    const { printed, stderr, traceIds } = await run({
      ...DUAL,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base/`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b,x-other=1",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-other=2",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test,service.name=none",
      OTEL_SERVICE_NAME: "shop",
      MLFLOW_TRACKING_TOKEN: "secret",
    });
    await collector.close();
    expect(stderr).toBe("");
    expect(printed).toMatchObject({ counts: { sent: 2, dropped: 0 }, losses: {} });
    const { requests } = collector;
    for (const { method, url, headers } of requests) {
      expect([method, url]).toEqual(["POST", "/base/v1/traces"]);
      expect(headers).toMatchObject({
        "content-type": "application/x-protobuf",
        ...{ "x-key": "a b", "x-other": "2" },
      });
      expect(headers).not.toHaveProperty("authorization");
    }
    const decoded = await decode(requests);
    expect(idsOf(decoded)).toEqual(traceIds);
    const spans = spansOf(decoded);
    const byName = (name: string) => spans.find((span) => span.name === name);
    const [outer, inner, failed] = ["outer", "upper", "span"].map(byName);
    expect(outer?.parentSpanId).toBeUndefined();
    expect(inner).toMatchObject({ traceId: outer?.traceId, parentSpanId: outer?.spanId });
    const attributes = Object.fromEntries(
      outer?.attributes.map(({ key, value }) => [key, value]) ?? [],
    );
    const text = (stringValue: string) => ({ stringValue });
    expect(attributes).toMatchObject({
      "mlflow.spanType": text("AGENT"),
      "mlflow.spanOutputs": text("A"),
      "session.id": text("s-1"),
      "user.id": text("ann"),
      "mlflow.traceTag.plan": text("pro"),
      "mlflow.spanInputs": {
        kvlistValue: {
          values: [
            { key: "text", value: text("a") },
            {
              key: "deep",
              value: {
                arrayValue: {
                  values: [
                    { intValue: "1" },
                    {
                      kvlistValue: {
                        values: [
                          { key: "b", value: { boolValue: true } },
                          { key: "c", value: {} },
                          { key: "d", value: { doubleValue: 1.5 } },
                        ],
                      },
                    },
                  ],
                },
              },
            },
            { key: "json", value: text('{"x":1}') },
          ],
        },
      },
    });
    expect(outer).toMatchObject({
      status: { code: "STATUS_CODE_OK" },
      events: [{ name: "seen", attributes: [{ key: "at", value: text("door") }] }],
      links: [
        {
          ...{ traceId: base64("1f".repeat(16)), spanId: base64("2e".repeat(8)) },
          attributes: [{ key: "kind", value: text("a") }],
        },
      ],
    });
    expect(failed).toMatchObject({
      status: { code: "STATUS_CODE_ERROR", message: expect.stringContaining("broken") },
      events: [{ name: "exception" }],
    });
    const [first] = decoded[0]?.resourceSpans ?? [];
    expect(first?.resource.attributes).toEqual([
      { key: "service.name", value: text("shop") },
      { key: "deployment.environment", value: text("test") },
    ]);
    expect(first?.scopeSpans[0]?.scope).toMatchObject({ name: "langchain-mlflow" });
  });

  test("are sent at the end of the process, in requests of many traces", async () => {
    const collector = await startRecordingServer();
    const { traceIds } = await run(
      { ...DUAL, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/own/path` },
      { traces: 150, flushes: false },
    );
    await collector.close();
    expect(new Set(collector.requests.map(({ url }) => url))).toEqual(new Set(["/own/path"]));
    expect(collector.requests.length).toBeLessThan(40);
    const ids = idsOf(await decode(collector.requests));
    expect(ids).toHaveLength(151);
    // A listing has 100 traces.
    expect(ids).toEqual(expect.arrayContaining(traceIds));
  });

  test("have references to attachments, which MLflow has", async () => {
    const collector = await startRecordingServer();
    await run({ ...DUAL, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url }, undefined, "media");
    await collector.close();
    const spans = spansOf(await decode(collector.requests));
    const image = spans
      .find(({ name }) => name === "outer")
      ?.attributes.find(({ key }) => key === "image");
    expect(image?.value).toEqual({
      stringValue: expect.stringMatching(/^mlflow-attachment:\/\/.*content_type=image%2Fpng/),
    });
  });

  const never = () => new Promise<undefined>(() => {});
  const status =
    (code: number, text = "") =>
    (_request: RecordedRequest, response: ServerResponse) => {
      response.writeHead(code).end(text);
      return undefined;
    };
  test.each<[string, string, Parameters<typeof startRecordingServer>[0], string]>([
    ["fails", "otlp_retry_timeout", status(503, "busy"), "status 503 busy"],
    ["refuses the request", "otlp_refused", status(400, "bad"), "status 400 bad"],
    ["refuses everything", "otlp_blocked", status(401, "who?"), "status 401 who?"],
    ["never answers", "otlp_blocked", never, "time"],
  ])(
    "are counted and reported once if the endpoint %s, and MLflow has every trace",
    async (_what, reason, answer, message) => {
      const collector = await startRecordingServer(answer);
      const { printed, stderr, traceIds } = await run(
        {
          ...DUAL,
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url.replace("//", "//me:password@")}/v1/traces`,
          OTEL_EXPORTER_OTLP_TIMEOUT: "500",
        },
        { traces: 3 },
      );
      await collector.close();
      expect(traceIds).toHaveLength(4);
      expect(printed).toMatchObject({ counts: { sent: 4, dropped: 0 }, losses: { [reason]: 4 } });
      const line = `mlflow: copies of traces for ${collector.url}/v1/traces are not delivered: `;
      expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(message)]);
      expect(stderr).toContain(line.slice("mlflow: ".length));
      expect(stderr).not.toContain("password");
    },
  );

  test.each<[string, Record<string, string>, RegExp | ""]>([
    ["without the variable", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" }, ""],
    ["without an endpoint", DUAL, /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT takes a URL, but it is not/],
    [
      "for an endpoint that is no URL",
      { ...DUAL, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "me:secret@host:1" },
      /takes an http\(s\):\/\/ URL/,
    ],
    [
      "for gRPC",
      {
        ...DUAL,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      },
      /takes http\/protobuf, but got 'grpc'/,
    ],
  ])("are not sent %s", async (_what, env, line) => {
    const { printed, stderr, traceIds } = await run(env);
    expect(traceIds).toHaveLength(2);
    expect(printed.losses).toEqual({});
    if (line === "") expect(stderr).toBe("");
    else expect(stderr).toMatch(line);
  });
});
