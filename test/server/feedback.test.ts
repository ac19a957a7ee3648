import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import * as mlflow from "../../src/index.js";
import { createFileStore } from "../../src/store/file/file-store.js";
import { pushTraces } from "../../src/tracing/push.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { openRestStore } from "./open-store.js";

let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer();
  mlflow.autolog({ silent: true });
});
afterAll(async () => {
  mlflow.autolog({ disable: true });
  await mlflow.flushTraces();
  await server?.close();
});

const HUMAN = { sourceType: "HUMAN", sourceId: "ann@example.com" } as const;
const answer = RunnableLambda.from((question: string) => `${question}!`).withConfig({
  runName: "answer",
});

/** Calls the app, and returns the id of the trace, which is not delivered yet. */
async function callApp(): Promise<string> {
  // The order of traces is that of their milliseconds.
  await sleep(2);
  await answer.invoke("hello");
  return mlflow.getLastActiveTraceId() ?? "";
}

/** What Python's client reads of the assessments of a trace. */
const READ = `
def read(a):
    e = a.feedback.error if a.feedback else None
    return {"kind": type(a).__name__, "name": a.name, "value": a.feedback.value if a.feedback else a.expectation.value,
        "error": [e.error_code, e.error_message] if e else None, "source": [a.source.source_type, a.source.source_id],
        "rationale": a.rationale, "metadata": a.metadata, "span": a.span_id, "valid": a.valid,
        "overrides": a.overrides, "id": a.assessment_id, "trace": a.trace_id, "created": a.create_time_ms}
`;

interface PythonAssessment {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

describe.each([
  { place: "a server", isServer: true },
  { place: "a local folder", isServer: false },
])("feedback in $place", ({ isServer }) => {
  let uri: string;
  const python = <T>(program: string) =>
    runPython<T>(`import json, mlflow\nfrom mlflow.entities import *\n${program}`, {
      env: { MLFLOW_TRACKING_URI: uri, MLFLOW_ALLOW_FILE_STORE: "true" },
    });
  const readWithPython = (traceId: string) =>
    python<{ assessments: PythonAssessment[]; tags: Record<string, string> }>(
      `${READ}
info = mlflow.get_trace("${traceId}").info
print(json.dumps({"assessments": [read(a) for a in info.assessments], "tags": info.tags}))`,
    );

  beforeAll(async () => {
    uri = isServer ? server.url : pathToFileURL(temporaryDirectory({ whenOver: afterAll })).href;
    mlflow.setTrackingUri(uri);
    await mlflow.setExperiment("feedback");
  });

  test("of every kind is read by Python's client, and comes back with the trace", async () => {
    const traceId = await callApp();
    const startedAtMs = Date.now();
    // At once: the trace is not sent yet.
    const thumb = await mlflow.logFeedback({
      ...{ traceId, name: "thumb", value: true, source: HUMAN },
      ...{ rationale: "helpful", metadata: { page: 3, beta: "yes" } },
    });
    expect(thumb).toBeInstanceOf(mlflow.Feedback);
    expect(thumb).toMatchObject({
      traceId,
      name: "thumb",
      value: true,
      source: HUMAN,
      valid: true,
    });
    expect(thumb.createTimeMs).toBeGreaterThanOrEqual(startedAtMs);
    const { spanId } = (await mlflow.getTrace(traceId))?.data.spans[0] ?? {};
    await mlflow.logFeedback({
      traceId,
      value: { clarity: 0.5, words: ["a", null] },
      spanId: spanId ?? "",
    });
    await mlflow.logFeedback({ traceId, name: "judge", error: new TypeError("no quota") });
    await mlflow.logExpectation({ traceId, name: "capital", value: "Paris" });
    const { Expectation } = mlflow;
    await mlflow.logAssessment({
      traceId,
      assessment: new Expectation({ name: "calls", value: [{ x: 1 }] }),
    });

    const { assessments } = await readWithPython(traceId);
    const byName = Object.fromEntries(assessments.map((one) => [one.name, one]));
    const none = { error: null, rationale: null, metadata: null, span: null, overrides: null };
    expect(byName).toMatchObject({
      thumb: {
        ...{ ...none, kind: "Feedback", value: true, source: ["HUMAN", "ann@example.com"] },
        ...{ rationale: "helpful", metadata: { page: "3", beta: "yes" }, valid: true },
        ...{ id: thumb.assessmentId, trace: traceId, created: thumb.createTimeMs },
      },
      feedback: {
        value: { clarity: 0.5, words: ["a", null] },
        span: spanId,
        source: ["CODE", "default"],
      },
      judge: { value: null, error: ["TypeError", "no quota"] },
      capital: { ...none, kind: "Expectation", value: "Paris", source: ["HUMAN", "default"] },
      calls: { kind: "Expectation", value: [{ x: 1 }] },
    });
    const read = (await mlflow.getTrace(traceId))?.info.assessments ?? [];
    expect(read.map(({ assessmentId }) => assessmentId).sort()).toEqual(
      assessments.map(({ id }) => id).sort(),
    );
    expect(read.find(({ name }) => name === "thumb")).toEqual(thumb);
    const { items } = await mlflow.searchTraces({ includeSpans: false }).page();
    expect(items.find(({ info }) => info.traceId === traceId)?.info.assessments).toEqual(read);
  });

  test("that Python's client logs is read, changed and deleted", async () => {
    const traceId = await callApp();
    await mlflow.flushTraces();
    const [id] = await python<string[]>(`
source = AssessmentSource(source_type="LLM_JUDGE", source_id="gpt")
a = mlflow.log_feedback(trace_id="${traceId}", name="faithful", value=1, source=source, rationale="why", metadata={"a": "1"})
b = mlflow.log_expectation(trace_id="${traceId}", name="answer", value={"text": "4"})
c = mlflow.log_feedback(trace_id="${traceId}", name="broken", error=AssessmentError("LIMIT", "slow down"))
mlflow.set_trace_tag("${traceId}", "by", "python")
print(json.dumps([a.assessment_id]))`);
    const info = (await mlflow.getTrace(traceId))?.info;
    expect(info?.tags).toMatchObject({ by: "python" });
    expect(info?.assessments).toMatchObject([
      {
        ...{ type: "feedback", name: "faithful", value: 1, rationale: "why", metadata: { a: "1" } },
        source: { sourceType: "LLM_JUDGE", sourceId: "gpt" },
      },
      { type: "expectation", name: "answer", value: { text: "4" } },
      { type: "feedback", error: { errorCode: "LIMIT", errorMessage: "slow down" } },
    ]);
    const assessmentId = id ?? "";
    const assessment = new mlflow.Feedback({ name: "faithful", value: 0.5, metadata: { b: 2 } });
    const changed = await mlflow.updateAssessment({ traceId, assessmentId, assessment });
    expect(changed).toMatchObject({ value: 0.5, rationale: "why", metadata: { a: "1", b: "2" } });
    const override = await mlflow.overrideFeedback({
      ...{ traceId, assessmentId, value: false, source: HUMAN },
    });
    expect(override).toMatchObject({ name: "faithful", value: false, overrides: assessmentId });
    const get = () => mlflow.getAssessment({ traceId, assessmentId });
    expect(await get()).toMatchObject({ value: 0.5, valid: false });
    const { assessments } = await readWithPython(traceId);
    expect(assessments.find((one) => one.id === override.assessmentId)).toMatchObject({
      ...{ value: false, overrides: assessmentId, valid: true },
    });
    expect(assessments.find((one) => one.id === assessmentId)).toMatchObject({
      ...{ value: 0.5, valid: false, metadata: { a: "1", b: "2" } },
    });
    await mlflow.deleteAssessment({ traceId, assessmentId: override.assessmentId ?? "" });
    expect(await get()).toMatchObject({ valid: true });
    await mlflow.deleteAssessment({ traceId, assessmentId });
    const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
    await expect(get()).rejects.toMatchObject(missing);
    expect((await readWithPython(traceId)).assessments).toHaveLength(2);
    const expected = (await mlflow.getTrace(traceId))?.info.assessments[0];
    const wrong = { traceId, assessmentId: expected?.assessmentId ?? "", value: 1 };
    await expect(mlflow.overrideFeedback(wrong)).rejects.toThrow("is not a feedback assessment");
  });

  test("a trace that is still open takes feedback and tags, and stores them when it ends", async () => {
    let during: mlflow.Assessment | undefined;
    let traceId = "";
    const work = RunnableLambda.from(async (text: string, config: RunnableConfig) => {
      traceId = openTraceId(config);
      await mlflow.setTraceTag(traceId, "phase", "open");
      await mlflow.setTraceTag(traceId, "gone", "soon");
      await mlflow.deleteTraceTag(traceId, "gone");
      during = await mlflow.logFeedback({ traceId, name: "early", value: 1 });
      const first = { traceId, assessmentId: during.assessmentId ?? "" };
      await mlflow.overrideFeedback({ ...first, value: 2 });
      expect(await mlflow.getAssessment(first)).toMatchObject({ valid: false });
      return text;
    });
    await work.invoke("x");
    const trace = await mlflow.getTrace(traceId);
    expect(trace?.info.tags).toMatchObject({ phase: "open" });
    expect(trace?.info.tags).not.toHaveProperty("gone");
    const read = trace?.info.assessments ?? [];
    expect(read.map(({ value, valid }) => [value, valid]).sort()).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(read.map(({ assessmentId }) => assessmentId)).toContain(during?.assessmentId);
  });

  test("tags are set, replaced and deleted", async () => {
    const traceId = await callApp();
    await mlflow.setTraceTag(traceId, "reviewed", "no");
    await mlflow.setTraceTag(traceId, "reviewed", "yes");
    await mlflow.setTraceTag(traceId, "team", "docs");
    await mlflow.deleteTraceTag(traceId, "team");
    const { tags } = await readWithPython(traceId);
    expect(tags).toMatchObject({ reviewed: "yes", "mlflow.traceName": "answer" });
    expect(tags).not.toHaveProperty("team");
    const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
    await expect(mlflow.deleteTraceTag(traceId, "team")).rejects.toMatchObject(missing);
  });

  test("a trace that does not exist takes nothing", async () => {
    const traceId = `tr-${"0".repeat(32)}`;
    const missing = { errorCode: "RESOURCE_DOES_NOT_EXIST" };
    await expect(mlflow.logFeedback({ traceId, value: 1 })).rejects.toMatchObject(missing);
    await expect(mlflow.setTraceTag(traceId, "a", "b")).rejects.toMatchObject(missing);
    const one = { traceId, assessmentId: "a-1" };
    await expect(mlflow.getAssessment(one)).rejects.toMatchObject(missing);
  });

  test("sessions come back complete, the newest first, whatever is in their ids", async () => {
    const ids = ["first", "it's", `it's "both"`];
    for (const sessionId of [...ids, "first"]) {
      await sleep(2);
      await answer.invoke("hello", { metadata: { session_id: sessionId } });
    }
    const sessions = await mlflow.searchSessions();
    expect(sessions.map(({ id, traces }) => [id, traces.length])).toEqual([
      ["first", 2],
      [`it's "both"`, 1],
      ["it's", 1],
    ]);
    const [first] = await mlflow.searchSessions({ maxResults: 1, includeSpans: false });
    expect(first?.traces.map(({ data }) => data.spans.length)).toEqual([0, 0]);
    const times = sessions[0]?.traces.map(({ info }) => info.requestTime) ?? [];
    expect(times).toEqual([...times].sort());
  });

  test("traces are deleted by id and by age", async () => {
    const { experimentId } = await mlflow.setExperiment("deletions");
    const ids = [await callApp(), await callApp(), await callApp(), await callApp()];
    const left = async () => {
      const { items } = await mlflow.searchTraces().page();
      return items.map(({ info }) => info.traceId).reverse();
    };
    expect(await left()).toEqual(ids);
    const traceIds = [ids[1] ?? "", `tr-${"0".repeat(32)}`];
    expect(await mlflow.deleteTraces({ experimentId, traceIds })).toBe(1);
    const before = { experimentId, maxTimestampMillis: Date.now() };
    expect(await mlflow.deleteTraces({ ...before, maxTraces: 1 })).toBe(1);
    expect(await left()).toEqual([ids[2], ids[3]]);
    expect(await mlflow.deleteTraces(before)).toBe(2);
    expect(await left()).toEqual([]);
    await mlflow.setExperiment("feedback");
  });
});

test("a push moves assessments once, with their ids and times", async () => {
  const directory = temporaryDirectory();
  mlflow.setTrackingUri(directory);
  await mlflow.setExperiment("pushed feedback");
  const traceId = await callApp();
  await mlflow.logFeedback({ traceId, name: "thumb", value: true, source: HUMAN, rationale: "r" });
  const { assessmentId = "" } = await mlflow.logFeedback({ traceId, name: "judge", value: 0.1 });
  await mlflow.overrideFeedback({ traceId, assessmentId, value: 0.9 });
  await mlflow.logExpectation({ traceId, name: "answer", value: { text: "4" } });
  const from = createFileStore({ directory });
  const to = openRestStore(server.url);
  for (let round = 0; round < 2; round++) await pushTraces({ from, to });
  const pushed = await to.getTrace(traceId);
  const local = await from.getTrace(traceId);
  const byId = (trace: Pick<mlflow.Trace, "info"> | undefined) =>
    Object.fromEntries(trace?.info.assessments.map((one) => [one.assessmentId, one]) ?? []);
  expect(local?.info.assessments).toHaveLength(4);
  expect(byId(pushed)).toEqual(byId(local));
  expect(byId(pushed)[assessmentId]).toMatchObject({ value: 0.1, valid: false });
  await to.close();
});

test("an app that logs feedback and tags stores what Python's does", async () => {
  const args = ["--import", "langchain-mlflow/register", "examples/feedback-tags.mjs"];
  const env = { ...process.env, MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_NAME: "tags" };
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd, env });
  expect(stderr).toBe("");
  const found = await runPython(
    `import json, mlflow\n${READ}
id = mlflow.get_experiment_by_name("tags").experiment_id
[trace] = mlflow.search_traces(locations=[id], return_type="list")
print(json.dumps({"tags": trace.info.tags, "assessments": [read(a) for a in trace.info.assessments]}))`,
    { env: { MLFLOW_TRACKING_URI: server.url } },
  );
  expect(found).toMatchObject({
    tags: { env: "test", "mlflow.traceName": "RunnableLambda" },
    assessments: expect.arrayContaining([
      expect.objectContaining({ name: "feedback", value: 5, source: ["CODE", "default"] }),
      expect.objectContaining({
        ...{ name: "helpful", value: true, source: ["HUMAN", "ann@example.com"] },
        rationale: "It answers the question.",
      }),
      expect.objectContaining({ name: "answer", value: "HELLO", source: ["HUMAN", "default"] }),
    ]),
  });
  expect(found).not.toHaveProperty("tags.temporary");
});

/** The id of the trace of the LangChain run that calls this function. */
function openTraceId({ callbacks }: RunnableConfig): string {
  const runId = callbacks && !Array.isArray(callbacks) ? callbacks.getParentRunId() : undefined;
  return getState().recording.collector.spanOfRun(runId ?? "")?.call.traceId ?? "";
}
