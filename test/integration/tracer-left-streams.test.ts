import { setTimeout as sleep } from "node:timers/promises";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MlflowLangchainTracer } from "langchain-mlflow";
import { expect, test } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { tracedByTracer } from "../support/beside-autolog.js";
import { collectGarbageUntil } from "../support/garbage.js";
import type { Config } from "../support/traces.js";
import { treeOf } from "../support/tree.js";

const chain = () =>
  new FakeListChatModel({ responses: ["abcdef"], sleep: 2 }).pipe(new StringOutputParser());

/** Makes a tracer of its own, as a server does for each request, and leaves the stream. */
async function leave(config: Config = { callbacks: [new MlflowLangchainTracer()] }) {
  let chunks = 0;
  for await (const _ of await chain().stream("x", config)) if (++chunks === 3) break;
}

/** Garbage is collected when it is. */
const LATER_MS = 300;
const isOver = () => getState().recording.collector.openCalls === 0;

test("a stream that was left ends once it is garbage, with what had come", async () => {
  const { traces } = await tracedByTracer(async () => {
    await leave();
    expect(isOver()).toBe(false);
    await sleep(LATER_MS);
    await collectGarbageUntil(isOver);
  });
  expect(traces.map(treeOf)).toEqual([
    [
      "CHAIN RunnableSequence OK abandoned",
      "  CHAT_MODEL FakeListChatModel OK abandoned [new_token]",
      "  CHAIN StrOutputParser OK abandoned",
    ].join("\n"),
  ]);
  expect(traces[0]?.info.executionDuration).toBeLessThan(LATER_MS);
  expect(JSON.stringify(traces[0]?.data.spans[1]?.outputs)).toMatch(/"content":"ab/);
});

test("one that was aborted ends in the same way", async () => {
  const { traces, outcome } = await tracedByTracer(async (config) => {
    const controller = new AbortController();
    const read = async () => {
      const stream = await chain().stream("x", { ...config, signal: controller.signal });
      for await (const _ of stream) controller.abort();
    };
    await expect(read()).rejects.toThrow();
    await collectGarbageUntil(isOver);
  });
  expect(outcome.kind).toBe("returned");
  expect(traces).toHaveLength(1);
});

test("what goes on is not taken for abandoned, however often garbage is collected", async () => {
  const { traces } = await tracedByTracer(async (config) => {
    const answer = chain().invoke("x", config);
    const chunks = [];
    for await (const chunk of await chain().stream("x", config)) {
      await collectGarbageUntil(() => false, 2);
      chunks.push(chunk);
    }
    expect([await answer, chunks.join("")]).toEqual(["abcdef", "abcdef"]);
  });
  expect(traces.map(({ data }) => data.spans[0]?.attributes["langchain.end"])).toEqual([
    "complete",
    "complete",
  ]);
});
