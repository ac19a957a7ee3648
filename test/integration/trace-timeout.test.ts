import { setTimeout as sleep } from "node:timers/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { flushTraces, getLastActiveTraceId } from "langchain-mlflow";
import { expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { traced } from "../support/traces.js";
import { treeOf } from "../support/tree.js";

const LIMIT_MS = 250;
const autolog = { traceTimeoutMs: LIMIT_MS };
const lateSpans = () => getPipeline().losses.late_span ?? 0;

const inner = RunnableLambda.from((text: string) => `${text}!`).withConfig({ runName: "inner" });

/** Answers after its trace was ended, and calls more before and after. */
const stuck = (call: (config: object) => Promise<unknown>) =>
  RunnableLambda.from(async (_: string, config) => {
    await inner.invoke("before", config);
    await sleep(LIMIT_MS * 2.5);
    await call(config);
    return "done";
  }).withConfig({ runName: "stuck" });

test("a trace that is open for too long ends with Python's error, and what comes is counted", async () => {
  const before = lateSpans();
  const { outcome, traces } = await traced(async () => {
    const answer = stuck((config) => inner.invoke("late", config)).invoke("x");
    await sleep(LIMIT_MS * 1.5);
    expect(await flushTraces()).toMatchObject({ sent: 1 });
    expect(getState().recording.collector.openCalls).toBe(0);
    return answer;
  }, autolog);
  expect(outcome.value).toBe("done");
  expect(traces.map(treeOf)).toEqual(["CHAIN stuck ERROR aborted [exception]\n  CHAIN inner OK"]);
  const { info, data } = traces[0]!;
  const [root] = data.spans;
  const message =
    `Trace ${info.traceId} is timed out after 0.25 seconds. The operation may be stuck or taking too long to ` +
    "complete. To increase the timeout, set the environment variable MLFLOW_TRACE_TIMEOUT_SECONDS to a larger value.";
  expect(root?.status).toEqual({ code: "ERROR", message });
  expect(root?.events[0]?.attributes).toMatchObject({
    "exception.type": "MlflowTracingException",
    "exception.message": message,
  });
  expect(info.state).toBe("ERROR");
  expect(info.traceId).toBe(getLastActiveTraceId());
  expect(info.executionDuration).toBeGreaterThan(LIMIT_MS / 4);
  expect(info.executionDuration).toBeLessThan(LIMIT_MS * 1.5);
  expect(lateSpans() - before).toBe(1);
});

test.each<[string, () => Promise<unknown>]>([
  ["a call that forgot its config", () => inner.invoke("late")],
  ["a run outside of any method of ours", () => model().generate([[]])],
])("late, %s is no trace of its own", async (_what, call) => {
  const before = lateSpans();
  const { outcome, traces } = await traced(() => stuck(call).invoke("x"), autolog);
  expect(outcome.value).toBe("done");
  expect(traces).toHaveLength(1);
  expect(lateSpans() - before).toBe(1);
});

test("open children end with it, with what was streamed so far", async () => {
  const slow = model(LIMIT_MS / 6);
  const State = Annotation.Root({ text: Annotation<string>() });
  const graph = new StateGraph(State)
    .addNode("node", async () => {
      let text = "";
      for await (const { content } of await slow.stream("x")) text += content;
      return { text };
    })
    .addEdge(START, "node")
    .compile();
  const { outcome, traces } = await traced(() => graph.invoke({ text: "" }), autolog);
  expect(outcome.value).toEqual({ text: "abcdefgh" });
  expect(traces.map(treeOf)).toEqual([
    [
      "CHAIN LangGraph ERROR aborted [exception]",
      "  CHAIN node ERROR aborted",
      "    CHAT_MODEL FakeListChatModel ERROR aborted [new_token]",
    ].join("\n"),
  ]);
  const outputs = JSON.stringify(traces[0]?.data.spans.at(-1)?.outputs);
  expect(outputs).toMatch(/"content":"ab?c?d?e?f?"/);
});

test("each has its own time, and those that end in time are unchanged", async () => {
  const { traces } = await traced(async () => {
    const first = stuck(async () => {}).invoke("x");
    await sleep(LIMIT_MS * 0.8);
    const second = stuck(async () => {}).batch(["x", "y"]);
    await inner.invoke("quick");
    await Promise.all([first, second]);
  }, autolog);
  expect(traces.map(({ info }) => info.state)).toEqual(["ERROR", "ERROR", "ERROR", "OK"]);
  const ends = traces.map(({ info }) => info.requestTime + info.executionDuration);
  expect(Number(ends[1]) - Number(ends[0])).toBeGreaterThan(LIMIT_MS / 2);
});

test("waiting for it keeps no process alive", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
  let during: string[] = [];
  const before = timers();
  const look = RunnableLambda.from(() => {
    during = timers();
  });
  await traced(() => look.invoke("x"), { traceTimeoutMs: 60_000 });
  expect(during).toEqual(before);
});

test("by default there is no bound", async () => {
  const { traces } = await traced(() => stuck((config) => inner.invoke("y", config)).invoke("x"));
  expect(traces.map(treeOf)).toEqual(["CHAIN stuck OK\n  CHAIN inner OK\n  CHAIN inner OK"]);
});

function model(sleepMs = 0): FakeListChatModel {
  return new FakeListChatModel({ responses: ["abcdefgh"], sleep: sleepMs });
}
