import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseMessage } from "@langchain/core/messages";
import { PromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel, FakeLLM } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { record } from "../support/traces.js";
import { rootOf } from "../support/tree.js";

const half = RunnableLambda.from((number: number) => {
  if (number % 2) throw new RangeError(`${number} is odd`);
  return number / 2;
});
const chain = () => half.pipe((number: number) => number + 1);
const ranges = (count: number) => Array.from({ length: count }, (_, index) => index * 2);

test.each([1, 50])(
  "%i items are as many traces, each with its own input and output",
  async (count) => {
    const { traces, trees } = await record((config) => chain().batch(ranges(count), config), {
      traces: count,
    });
    expect(traces.map((trace) => [rootOf(trace).inputs, rootOf(trace).outputs])).toEqual(
      ranges(count).map((number) => [number, number / 2 + 1]),
    );
    expect(new Set(trees).size).toBe(1);
  },
);

test("an empty batch is no trace", async () => {
  await record((config) => chain().batch([], config), { traces: 0 });
});

test("maxConcurrency keeps inputs and outputs together", async () => {
  const waiting = RunnableLambda.from(async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return `waited ${ms}`;
  });
  const { traces } = await record(
    (config) => waiting.batch([30, 20, 10, 0], { maxConcurrency: 2, ...config }),
    { traces: 4 },
  );
  for (const trace of traces) {
    const { inputs, outputs } = rootOf(trace);
    expect(outputs).toBe(`waited ${inputs}`);
  }
});

test("returnExceptions: the failing item's trace is an error, the others are not", async () => {
  const { traces, outcome } = await record(
    (config) => half.batch([2, 3, 4], config, { returnExceptions: true }),
    { traces: 3 },
  );
  expect(outcome.value).toEqual([1, expect.any(RangeError), 2]);
  expect(traces.map(({ info }) => info.state)).toEqual(["OK", "ERROR", "OK"]);
});

test("a failing item fails the batch; the others keep their own end", async () => {
  const { traces, outcome } = await record((config) => half.batch([2, 3, 4], config), {
    traces: 3,
  });
  expect(outcome.error?.message).toBe("3 is odd");
  expect(traces.map(({ info }) => info.state)).toEqual(["OK", "ERROR", "OK"]);
});

test("an item that throws before its run does not shift the others' inputs", async () => {
  class Picky extends RunnableLambda<number, number> {
    override invoke(input: number, options?: Parameters<typeof half.invoke>[1]) {
      if (input === 1) return Promise.reject(new Error("not one"));
      return super.invoke(input, options);
    }
  }
  const picky = new Picky({ func: (number: number) => number * 10 });
  const { traces } = await record(
    (config) => picky.batch([1, 2, 3], config, { returnExceptions: true }),
    { traces: 3 },
  );
  expect(traces.map((trace) => [rootOf(trace).inputs, rootOf(trace).outputs])).toEqual([
    [1, undefined],
    [2, 20],
    [3, 30],
  ]);
});

test("a chain's batch inside a lambda belongs to the lambda's trace", async () => {
  const outer = RunnableLambda.from((count: number) => chain().batch(ranges(count)));
  const { tree } = await record((config) => outer.invoke(2, config));
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAIN RunnableLambda OK"
  `);
});

test("retries of a batch stay in their item's trace", { timeout: 30_000 }, async () => {
  const attempts = new Map<string, number>();
  const flaky = RunnableLambda.from((text: string) => {
    const attempt = (attempts.get(text) ?? 0) + 1;
    attempts.set(text, attempt);
    if (text === "b" && attempt % 2) throw new Error("once");
    return `${text}!`;
  });
  const { trees } = await record(() => flaky.withRetry({ stopAfterAttempt: 3 }).batch(["a", "b"]), {
    traces: 2,
  });
  expect(trees).toMatchInlineSnapshot(`
    [
      "CHAIN RunnableLambda OK
      CHAIN RunnableLambda OK",
      "CHAIN RunnableLambda OK
      CHAIN RunnableLambda ERROR [exception]
      CHAIN RunnableLambda OK",
    ]
  `);
});

test("fallbacks of a batch", async () => {
  const fallback = RunnableLambda.from((number: number) => -number);
  const { trees, traces } = await record(
    (config) => half.withFallbacks([fallback]).batch([3, 5], config),
    { traces: 2 },
  );
  expect(trees[0]).toMatchInlineSnapshot(`
    "CHAIN RunnableWithFallbacks OK
      CHAIN RunnableLambda ERROR [exception]
      CHAIN RunnableLambda OK"
  `);
  expect(trees[1]).toBe(trees[0]);
  expect(traces.map((trace) => [rootOf(trace).inputs, rootOf(trace).outputs])).toEqual([
    [3, -3],
    [5, -5],
  ]);
});

class Parrot extends SimpleChatModel {
  override _llmType() {
    return "parrot";
  }
  override async _call([message]: BaseMessage[]) {
    return `${message?.content}!`;
  }
}

test.each([
  ["prompt", () => PromptTemplate.fromTemplate("{a}"), [{ a: "1" }, { a: "2" }]],
  ["chat model", () => new FakeListChatModel({ responses: ["x"] }), ["1", "2"]],
  ["chat model of one's own", () => new Parrot({}), ["1", "2"]],
  ["LLM", () => new FakeLLM({ response: "x" }), ["1", "2"]],
] as const)("a %s's batch", async (_kind, make, inputs) => {
  const { trees, traces } = await record(
    (config) => (make() as unknown as RunnableLambda<unknown, unknown>).batch([...inputs], config),
    { traces: 2 },
  );
  expect(trees[0]).toBe(trees[1]);
  const [first, second] = traces.map((trace) => JSON.stringify(rootOf(trace).inputs));
  expect(first).toContain('"1"');
  expect(second).toBe(first?.replace('"1"', '"2"'));
});
