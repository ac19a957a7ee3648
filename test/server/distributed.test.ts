import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { treeOf } from "../support/tree.js";

const fixture = (name: string) =>
  fileURLToPath(new URL(`../fixtures/open-telemetry/${name}`, import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const arePeersInstalled = existsSync(join(root, "test/peers/node_modules/@opentelemetry/sdk-node"));

let server: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [server, openai] = await Promise.all([startMlflowServer(), startOpenAiServer()]);
  // Only flushes send traces.
  getPipeline().configure(resolveOptions({ flushIntervalMs: 3_600_000 }));
  mlflow.init({ trackingUri: server.url, experimentName: "distributed" });
  env = {
    ...process.env,
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_EXPERIMENT_NAME: "distributed",
    ...{ OPENAI_API_KEY: "none-needed", OPENAI_BASE_URL: openai.url },
  };
});
afterAll(async () => {
  await mlflow.flushTraces();
  await openai?.close();
  await server?.close();
});

/** What Python's client reads of a trace. */
interface PythonTrace {
  readonly state: string;
  readonly name: string;
  readonly request: string | null;
  readonly response: string | null;
  readonly tokens: Record<string, number> | null;
  readonly duration: number;
  readonly tags: Record<string, string>;
  readonly metadata: Record<string, string>;
  readonly assessments: readonly (readonly [string, unknown])[];
  /** Each span below its parent, indented by depth. */
  readonly tree: readonly string[];
  readonly links: Readonly<Record<string, readonly (readonly [string, string])[]>>;
}

const readWithPython = (traceId: string) =>
  runPython<PythonTrace>(
    `
import json, mlflow
trace = mlflow.get_trace("${traceId}")
info = trace.info
# Walks the tree: the clock of OpenTelemetry's SDK counts whole milliseconds,
# so that its span can start before our span that is its parent.
spans = sorted(trace.data.spans, key=lambda span: span.start_time_ns)
def tree_of(parent_id, depth=0):
    for span in spans:
        if span.parent_id == parent_id:
            yield "  " * depth + span.name
            yield from tree_of(span.span_id, depth + 1)
print(json.dumps(dict(
    state=info.state.value, name=info.tags.get("mlflow.traceName"), request=info.request_preview, response=info.response_preview,
    tokens=info.token_usage, duration=info.execution_duration, tags=info.tags, metadata=info.trace_metadata,
    assessments=[(a.name, a.feedback.value) for a in info.assessments],
    links={s.name: [(l.trace_id, l.span_id) for l in s.links] for s in spans if s.links},
    tree=list(tree_of(None)))))
`,
    { env: { MLFLOW_TRACKING_URI: server.url } },
  );

async function startAgent(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [fixture("agent-server.mjs")], {
    env,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [url] = await once(createInterface(child.stdout!), "line");
  return { url, child };
}

describe("a trace across two processes, by headers", () => {
  let agent: Awaited<ReturnType<typeof startAgent>>;
  const flushAgent = () => fetch(`${agent.url}/flush`);
  beforeAll(async () => {
    agent = await startAgent();
  });
  afterAll(() => {
    agent?.child.disconnect();
  });

  const ask = () =>
    mlflow.withSpan(
      async (span) => {
        span.setInputs({ question: "the whole" });
        mlflow.updateCurrentTrace({ user: "ann", tags: { "set by": "the client" } });
        const headers = mlflow.getTracingContextHeadersForHttpRequest();
        const reply = await fetch(agent.url, { headers });
        const { content, traceId } = (await reply.json()) as Record<string, string>;
        expect(traceId).toBe(span.traceId);
        return mlflow.withSpan(
          (own) => {
            const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
            own.setAttribute(mlflow.SpanAttributeKey.TOKEN_USAGE, usage);
            return content;
          },
          { name: "own model", spanType: mlflow.SpanType.CHAT_MODEL },
        );
      },
      { name: "client" },
    );
  const TREE = [
    "client",
    "  handler",
    "    RunnableSequence",
    "      ChatPromptTemplate",
    "      ChatOpenAI",
    "  own model",
  ];
  const whole = (tokens: number) => ({
    ...{ state: "OK", name: "client", request: '{"question": "the whole"}' },
    ...{ response: '"You said: I love programming."', tree: TREE },
    metadata: { "mlflow.trace.user": "ann" },
    tags: { "set by": expect.stringMatching(/^the (agent|client)$/) },
    assessments: [["checked", true]],
    tokens: { total_tokens: tokens },
  });

  test("is whole if the part of the other process is stored first", async () => {
    await ask();
    await flushAgent();
    await mlflow.flushTraces();
    const read = await readWithPython(mlflow.getLastActiveTraceId() ?? "");
    expect(read).toMatchObject(whole(18 + 3));
    const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
    expect(trace && treeOf(trace).split("\n")).toHaveLength(TREE.length);
    const { startTimeNs = 0n, endTimeNs = 0n } = trace?.data.spans[0] ?? {};
    expect(Math.abs(read.duration - Number(endTimeNs - startTimeNs) / 1e6)).toBeLessThan(2);
  });

  test("is whole if the root is stored first, whose count of tokens then stays", async () => {
    await ask();
    await mlflow.flushTraces();
    await flushAgent();
    const read = await readWithPython(mlflow.getLastActiveTraceId() ?? "");
    expect(read).toMatchObject({ ...whole(0), tokens: expect.anything() });
  });

  test("is whole if Python's client starts it", async () => {
    const { traceId } = await runPython<{ traceId: string }>(
      `
import json, mlflow, urllib.request
from mlflow.tracing import get_tracing_context_headers_for_http_request
mlflow.set_experiment("distributed")
with mlflow.start_span("python") as span:
    request = urllib.request.Request("${agent.url}", headers=get_tracing_context_headers_for_http_request())
    urllib.request.urlopen(request).read()
mlflow.flush_trace_async_logging()
print(json.dumps({"traceId": span.trace_id}))`,
      { env: { MLFLOW_TRACKING_URI: server.url } },
    );
    await flushAgent();
    const read = await readWithPython(traceId);
    expect(read).toMatchObject({ state: "OK", name: "python", assessments: [["checked", true]] });
    expect(read.tree).toEqual(["python", ...TREE.slice(1, -1)]);
  });
});

describe.skipIf(!arePeersInstalled)(
  "an app with OpenTelemetry's SDK and instrumented fetch",
  () => {
    interface Printed {
      readonly outer: { readonly traceId: string; readonly spanId: string };
      readonly answer: string;
      readonly streamed: string;
      readonly streamTrace: string;
    }

    async function runApp(otelContext: boolean) {
      const experimentId = await mlflow.setExperiment(`otel ${otelContext}`);
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        [
          fixture("app.mjs"),
          JSON.stringify({ otelContext, experimentId: String(experimentId.experimentId) }),
        ],
        { env: { ...env, MLFLOW_EXPERIMENT_NAME: `otel ${otelContext}` } },
      );
      expect(stderr).toBe("");
      const printed = JSON.parse(stdout) as Printed;
      expect(printed).toMatchObject({
        answer: "You said: I love programming.",
        streamed: "You said: I love programming.",
      });
      const traces: mlflow.Trace[] = [];
      for await (const one of mlflow.searchTraces()) traces.push(one);
      const trees = await Promise.all(traces.map(({ info }) => readWithPython(info.traceId)));
      return { printed, trees };
    }

    test("its HTTP and database spans are below the model span and the step that made them", async () => {
      const { printed, trees } = await runApp(true);
      expect(trees.map(({ tree }) => tree)).toEqual(
        expect.arrayContaining([
          [
            "RunnableSequence",
            "  ChatPromptTemplate",
            "  ChatOpenAI",
            "    POST",
            "  database",
            "    query",
            "    inner",
            "      GET",
          ],
          ["ChatOpenAI", "  POST"],
          ["request"],
        ]),
      );
      expect(trees).toHaveLength(3);
      const link = [`tr-${printed.outer.traceId}`, printed.outer.spanId];
      for (const { tree, links, state } of trees) {
        expect(state).toBe("OK");
        expect(links).toEqual(tree[0] === "request" ? {} : { [tree[0] ?? ""]: [link] });
      }
    });

    test("without `otelContext`, they stay in the app's own trace, to which our roots link", async () => {
      const { printed, trees } = await runApp(false);
      expect(trees.map(({ tree }) => tree)).toEqual(
        expect.arrayContaining([
          ["RunnableSequence", "  ChatPromptTemplate", "  ChatOpenAI", "  database", "    inner"],
          ["ChatOpenAI"],
          ["request", "  POST", "  query", "    GET", "  POST"],
        ]),
      );
      expect(trees).toHaveLength(3);
      expect(trees.flatMap(({ links }) => Object.values(links)).flat()).toEqual([
        [`tr-${printed.outer.traceId}`, printed.outer.spanId],
        [`tr-${printed.outer.traceId}`, printed.outer.spanId],
      ]);
    });
  },
);
