import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import {
  RouterRunnable,
  RunnableBranch,
  RunnableEach,
  RunnableLambda,
  RunnableMap,
  RunnableParallel,
  RunnablePassthrough,
  RunnablePick,
  RunnableWithMessageHistory,
} from "@langchain/core/runnables";
import { FakeChatMessageHistory, FakeListChatModel } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const increment = RunnableLambda.from((number: number) => number + 1);
const double = RunnableLambda.from(function double(number: number) {
  return number * 2;
});

test("a sequence of lambdas", async () => {
  const { flow } = await record((config) => increment.pipe(double).invoke(1, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: 1 → 4
      CHAIN RunnableLambda OK: 1 → 2
      CHAIN RunnableLambda OK: 2 → 4"
  `);
});

test("a sequence of lambdas streamed", async () => {
  const { flow } = await record((config) => collect(increment.pipe(double).stream(1, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: 1 → 4
      CHAIN RunnableLambda OK: 1 → 2
      CHAIN RunnableLambda OK: 2 → 4"
  `);
});

test("a lambda alone, its text not wrapped", async () => {
  const shout = RunnableLambda.from((text: string) => `${text}!`);
  const { flow } = await record((config) => shout.invoke("hi", config));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: "hi" → "hi!""`);
});

test("a lambda that takes and gives the dictionaries LangChain wraps with", async () => {
  const swap = RunnableLambda.from(({ input }: { input: string }) => ({ output: input }));
  const { flow } = await record((config) => swap.invoke({ input: "hi" }, config));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: {"input":"hi"} → {"output":"hi"}"`);
});

test("such lambdas in a sequence", async () => {
  const swap = RunnableLambda.from(({ input }: { input: string }) => ({ output: input }));
  const back = RunnableLambda.from(({ output }: { output: string }) => ({ input: output }));
  const { flow } = await record((config) =>
    swap.pipe(back).pipe(swap).invoke({ input: "hi" }, config),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: {"input":"hi"} → {"output":"hi"}
      CHAIN RunnableLambda OK: {"input":"hi"} → {"output":"hi"}
      CHAIN RunnableLambda OK: {"output":"hi"} → {"input":"hi"}
      CHAIN RunnableLambda OK: {"input":"hi"} → {"output":"hi"}"
  `);
});

test("such a lambda streamed", async () => {
  const swap = RunnableLambda.from(({ input }: { input: string }) => ({ output: input }));
  const { flow } = await record((config) => collect(swap.stream({ input: "hi" }, config)));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: {"input":"hi"} → {"output":"hi"}"`);
});

test("a generator lambda streamed", async () => {
  const spell = RunnableLambda.from(async function* (word: string) {
    yield* word;
  });
  const { flow } = await record((config) => collect(spell.stream("abc", config)));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: "abc" → "abc""`);
});

test("a generator lambda invoked", async () => {
  const spell = RunnableLambda.from(async function* (word: string) {
    yield* word;
  });
  const { flow } = await record((config) => spell.invoke("abc", config));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: "abc" → "abc""`);
});

test("a lambda that returns a runnable", async () => {
  const choose = RunnableLambda.from(() => double);
  const { flow } = await record((config) => choose.invoke(3, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK: 3 → 6
      CHAIN RunnableLambda OK: 3 → 6"
  `);
});

test("a lambda that returns a runnable streamed", async () => {
  const choose = RunnableLambda.from(() => double);
  const { flow } = await record((config) => collect(choose.stream(3, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK: 3 → 6
      CHAIN RunnableLambda OK: 3 → 6"
  `);
});

test("a map", async () => {
  const map = RunnableMap.from({ next: increment, twice: double });
  const { flow } = await record((config) => map.invoke(1, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableMap OK: 1 → {"next":2,"twice":2}
      CHAIN RunnableLambda OK: 1 → 2
      CHAIN RunnableLambda OK: 1 → 2"
  `);
});

test("a map streamed", async () => {
  const map = RunnableParallel.from({ next: increment, twice: double });
  const { flow } = await record((config) => collect(map.stream(1, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableMap OK: 1 → {"next":2,"twice":2}
      CHAIN RunnableLambda OK: 1 → 2
      CHAIN RunnableLambda OK: 1 → 2"
  `);
});

test("a branch", async () => {
  const branch = RunnableBranch.from([[(n: number) => n > 1, double], increment]);
  const { flow } = await record((config) => branch.invoke(2, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableBranch OK: 2 → 4
      CHAIN RunnableLambda OK: 2 → true
      CHAIN RunnableLambda OK: 2 → 4"
  `);
});

test("a branch streamed", async () => {
  const branch = RunnableBranch.from([[(n: number) => n > 1, double], increment]);
  const { flow } = await record((config) => collect(branch.stream(0, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableBranch OK: 0 → 1
      CHAIN RunnableLambda OK: 0 → false
      CHAIN RunnableLambda OK: 0 → 1"
  `);
});

test("assign", async () => {
  const assign = RunnablePassthrough.assign({ next: ({ n }: { n: number }) => n + 1 });
  const { flow } = await record((config) => assign.invoke({ n: 1 }, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableAssign OK: {"n":1} → {"n":1,"next":2}
      CHAIN RunnableMap OK: {"n":1} → {"next":2}
        CHAIN RunnableLambda OK: {"n":1} → 2"
  `);
});

test("assign streamed", async () => {
  const assign = RunnablePassthrough.assign({ next: ({ n }: { n: number }) => n + 1 });
  const { flow } = await record((config) => collect(assign.stream({ n: 1 }, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableAssign OK: {"n":1} → {"n":1,"next":2}
      CHAIN RunnableMap OK: {"n":1} → {"next":2}
        CHAIN RunnableLambda OK: {"n":1} → 2"
  `);
});

test("a passthrough alone", async () => {
  const { flow } = await record((config) => new RunnablePassthrough().invoke("hi", config));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnablePassthrough OK: "hi" → "hi""`);
});

test("pick alone, invoked and streamed", async () => {
  const pick = new RunnablePick("a");
  const { flow } = await record((config) => pick.invoke({ a: 1 }, config));
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnablePick OK: {"a":1} → 1"`);
  const streamed = await record((config) => collect(pick.stream({ a: 1 }, config)));
  expect(streamed.flow).toBe(flow);
});

test("pick and passthrough", async () => {
  const pick = new RunnablePassthrough<{ a: number }>().pipe(new RunnablePick("a"));
  const { flow } = await record((config) => pick.invoke({ a: 1 }, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: {"a":1} → 1
      CHAIN RunnablePassthrough OK: {"a":1} → {"a":1}
      CHAIN RunnablePick OK: {"a":1} → 1"
  `);
});

test("pick and passthrough streamed", async () => {
  const pick = new RunnablePassthrough<{ a: number }>().pipe(new RunnablePick("a"));
  const { flow } = await record((config) => collect(pick.stream({ a: 1 }, config)));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK: {"a":1} → 1
      CHAIN RunnablePassthrough OK: {"a":1} → {"a":1}
      CHAIN RunnablePick OK: {"a":1} → 1"
  `);
});

test("retry", async () => {
  const retrying = () => {
    let attempts = 0;
    return RunnableLambda.from((text: string) => {
      attempts += 1;
      if (attempts < 2) throw new Error("once");
      return text;
    }).withRetry({ stopAfterAttempt: 3 });
  };
  const { flow } = await record(() => retrying().invoke("hi"));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK: "hi" → "hi"
      CHAIN RunnableLambda ERROR [exception]: "hi" → nothing
      CHAIN RunnableLambda OK: "hi" → "hi""
  `);
});
const failing = RunnableLambda.from((_: string): string => {
  throw new TypeError("boom");
});
const fallback = RunnableLambda.from((text: string) => `${text}, then`);

test("fallbacks", async () => {
  const { flow } = await record((config) => failing.withFallbacks([fallback]).invoke("hi", config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableWithFallbacks OK: "hi" → "hi, then"
      CHAIN RunnableLambda ERROR [exception]: "hi" → nothing
      CHAIN RunnableLambda OK: "hi" → "hi, then""
  `);
});

test("fallbacks streamed", async () => {
  const { flow } = await record((config) =>
    collect(failing.withFallbacks([fallback]).stream("hi", config)),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableWithFallbacks OK: "hi" → "hi, then"
      CHAIN RunnableLambda ERROR [exception]: "hi" → nothing
      CHAIN RunnableLambda OK: "hi" → "hi, then""
  `);
});

test("a router", async () => {
  const router = new RouterRunnable({ runnables: { increment, double } });
  const { flow } = await record((config) => router.invoke({ key: "double", input: 4 }, config));
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RouterRunnable OK: {"key":"double","input":4} → 8
      CHAIN RunnableLambda OK: 4 → 8"
  `);
});

test("a router streamed", async () => {
  const router = new RouterRunnable({ runnables: { increment, double } });
  const { flow } = await record((config) =>
    collect(router.stream({ key: "double", input: 4 }, config)),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RouterRunnable OK: {"key":"double","input":4} → 8
      CHAIN RunnableLambda OK: 4 → 8"
  `);
});

test("a router's batch", async () => {
  const router = new RouterRunnable({ runnables: { increment, double } });
  const { trees } = await record(
    (config) =>
      router.batch(
        [
          { key: "double", input: 4 },
          { key: "increment", input: 4 },
        ],
        config,
      ),
    { traces: 2 },
  );
  expect(trees).toMatchInlineSnapshot(`
    [
      "CHAIN RunnableLambda OK",
      "CHAIN RunnableLambda OK",
    ]
  `);
});

test("each", async () => {
  const { flow } = await record((config) =>
    new RunnableEach({ bound: increment }).invoke([1, 2], config),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableEach OK: [1,2] → [2,3]
      CHAIN RunnableLambda OK: 1 → 2
      CHAIN RunnableLambda OK: 2 → 3"
  `);
});

test("a binding", async () => {
  const { flow } = await record((config) =>
    increment.withConfig({ tags: ["t"], metadata: { a: 1 } }).invoke(1, config),
  );
  expect(flow).toMatchInlineSnapshot(`"CHAIN RunnableLambda OK: 1 → 2"`);
});

const remembering = () => {
  const history = new FakeChatMessageHistory();
  return new RunnableWithMessageHistory({
    runnable: ChatPromptTemplate.fromMessages([
      new MessagesPlaceholder("history"),
      ["human", "{question}"],
    ]).pipe(new FakeListChatModel({ responses: ["hello"] })),
    getMessageHistory: async () => history,
    inputMessagesKey: "question",
    historyMessagesKey: "history",
  });
};

test("message history", async () => {
  const { flow } = await record((config) =>
    remembering().invoke({ question: "who?" }, { configurable: { sessionId: "s" }, ...config }),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableWithMessageHistory OK: {"question":"who?"} → "ai:hello"
      CHAIN insertHistory OK: {"question":"who?"} → {"question":"who?","history":[]}
        CHAIN insertHistory OK: {"question":"who?"} → {"history":[]}
          CHAIN loadHistory OK: {"question":"who?"} → []
      CHAIN RunnableSequence OK: {"question":"who?","history":[]} → "ai:hello"
        CHAIN ChatPromptTemplate OK: {"question":"who?","history":[]} → {"messages":["human:who?"]}
        CHAT_MODEL FakeListChatModel OK: {"messages":["user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"
  `);
});

test("message history streamed", async () => {
  const { flow } = await record((config) =>
    collect(
      remembering().stream({ question: "who?" }, { configurable: { sessionId: "s" }, ...config }),
    ),
  );
  expect(flow).toMatchInlineSnapshot(`
    "CHAIN RunnableWithMessageHistory OK: {"question":"who?"} → "AIMessageChunk:hello"
      CHAIN insertHistory OK: {"question":"who?"} → {"question":"who?","history":[]}
        CHAIN RunnableMap OK: {"question":"who?"} → {"history":[]}
          CHAIN loadHistory OK: {"question":"who?"} → []
      CHAIN RunnableSequence OK: {"question":"who?","history":[]} → "AIMessageChunk:hello"
        CHAIN ChatPromptTemplate OK: {"question":"who?","history":[]} → {"messages":["human:who?"]}
        CHAT_MODEL FakeListChatModel OK [new_token]: {"messages":["user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}"
  `);
});
