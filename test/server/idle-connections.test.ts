import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

/** Less than our client keeps a connection: the server closes it first. */
const KEEP_ALIVE_SECONDS = 1;
/** Long enough for the server to close all connections. */
const BUSY_MS = 1_600;

let server: MlflowServer;
let runId = "";
let traceId = "";

beforeAll(async () => {
  server = await startMlflowServer({
    args: ["--uvicorn-opts", `--timeout-keep-alive ${KEEP_ALIVE_SECONDS}`],
  });
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment("idle");
  await mlflow.startRun({ runName: "first" }, (run) => {
    ({ runId } = run.info);
    mlflow.logMetric("m", 1);
  });
  mlflow.autolog({ silent: true });
  await new FakeListChatModel({ responses: ["a"] }).invoke("x");
  await mlflow.flushTraces();
  traceId = mlflow.getLastActiveTraceId() ?? "";
});
afterAll(async () => {
  mlflow.autolog({ disable: true });
  await server?.close();
});

/**
 * Keeps the event loop busy while the server closes the connection. The client has then not noticed it, and sends the next
 * request on it.
 */
function beBusy(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
}

async function namesOfFeedback(): Promise<string[]> {
  const trace = await mlflow.getTrace(traceId);
  return trace?.info.assessments.map(({ name }) => name) ?? [];
}

/** Reads, changes that may be repeated, and those that may not. Each returns what shows that it was done once. */
const CALLS: Record<string, () => Promise<unknown>> = {
  "getRun()": async () => (await mlflow.getRun(runId)).info.runId,
  "searchRuns()": () => countOf(mlflow.searchRuns({ filterString: "metrics.m = 1" })),
  "getMetricHistory()": async () => (await mlflow.getMetricHistory(runId, "m")).length,
  "getTrace()": async () => (await mlflow.getTrace(traceId))?.data.spans.length,
  "searchTraces()": () => countOf(mlflow.searchTraces({ filterString: "tags.none = 'x'" })),
  "setTraceTag()": () => mlflow.setTraceTag(traceId, "a", "b"),
  "a trace": async () => {
    await new FakeListChatModel({ responses: ["a"] }).invoke("x");
    const { dropped, pending } = await mlflow.flushTraces();
    return { dropped, pending };
  },
};

test.each(Object.entries(CALLS))(
  "%s is the same after the server closed the idle connection",
  async (_, call) => {
    const before = await call();
    beBusy();
    expect(await call()).toEqual(before);
  },
);

test("a run and feedback are created once", async () => {
  const runs = await countOf(mlflow.searchRuns());
  beBusy();
  await mlflow.startRun({ runName: "second" }, () => {});
  expect(await countOf(mlflow.searchRuns())).toBe(runs + 1);
  beBusy();
  await mlflow.logFeedback({ traceId, name: "good", value: true });
  expect(await namesOfFeedback()).toEqual(["good"]);
});
