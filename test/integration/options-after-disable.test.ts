import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTracked } from "../callback-handler/read-tracked.js";
import { newFolder } from "../support/traces.js";

const model = new FakeListChatModel({ responses: ["a"] });

beforeEach(() => mlflow.setTrackingUri(newFolder()));
afterEach(() => mlflow.autolog({ disable: true }));

/** The trace that a tracer makes of one call. */
async function traceOf(text: string): Promise<mlflow.Trace | undefined> {
  const before = mlflow.getLastActiveTraceId();
  await model.invoke(text, { callbacks: [new mlflow.MlflowLangchainTracer()] });
  await mlflow.flushTraces();
  const traceId = mlflow.getLastActiveTraceId();
  return traceId === undefined || traceId === before ? undefined : mlflow.getTrace(traceId);
}

test("a tracer adds none of the tags of an autolog() that is disabled", async () => {
  mlflow.autolog({ extraTags: { team: "search" } });
  expect((await traceOf("1"))?.info.tags).toMatchObject({ team: "search" });
  mlflow.autolog({ disable: true });
  expect((await traceOf("2"))?.info.tags).not.toHaveProperty("team");
});

test("a tracer traces after an autolog() that sampled nothing is disabled", async () => {
  mlflow.autolog({ samplingRatio: 0 });
  expect(await traceOf("1")).toBeUndefined();
  mlflow.autolog({ disable: true });
  expect(await traceOf("2")).toBeDefined();
});

test("a tracer stores what the `redact` of a disabled autolog() took out", async () => {
  mlflow.autolog({ redact: () => "X" });
  expect((await traceOf("first"))?.info.requestPreview).toBe('"X"');
  mlflow.autolog({ disable: true });
  expect((await traceOf("second"))?.info.requestPreview).toContain("second");
});

test("a callback handler stores what the `redact` of a disabled autolog() took out", async () => {
  const files = async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    await model.invoke("question", { callbacks: [handler] });
    await handler.flushTracker(undefined, { finish: true });
    const { files, text } = await readTracked(handler.runId ?? "");
    return files.map(text).join("\n");
  };
  mlflow.autolog({
    logTraces: false,
    redact: () => "X",
  });
  mlflow.autolog({ disable: true });
  expect(await files()).toContain("question");
});

test("the environment counts again after disable", async () => {
  process.env.MLFLOW_LANGCHAIN_EXTRA_TAGS = '{"team":"ops"}';
  try {
    mlflow.autolog({ extraTags: { team: "search" } });
    mlflow.autolog({ disable: true });
    expect((await traceOf("1"))?.info.tags).toMatchObject({ team: "ops" });
  } finally {
    delete process.env.MLFLOW_LANGCHAIN_EXTRA_TAGS;
  }
});

test("a second autolog() without an option resets it", async () => {
  mlflow.autolog({ extraTags: { team: "search" }, samplingRatio: 0, redact: () => "X" });
  mlflow.autolog();
  const trace = await traceOf("third");
  expect(trace?.info.tags).not.toHaveProperty("team");
  expect(trace?.info.requestPreview).toContain("third");
});
