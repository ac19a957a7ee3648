import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record, traced } from "../support/traces.js";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "Be brief."],
  ["human", "{question}"],
]);
const greeting = () =>
  prompt.pipe(new FakeListChatModel({ responses: ["hello"] })).pipe(new StringOutputParser());
const input = { question: "who?" };

const INVOKED = `
CHAIN RunnableSequence OK
  CHAIN ChatPromptTemplate OK
  CHAT_MODEL FakeListChatModel OK
  CHAIN StrOutputParser OK`.trim();
const STREAMED = INVOKED.replace("FakeListChatModel OK", "FakeListChatModel OK [new_token]");

describe("one chain, by every way there is to call it", () => {
  test("invoke", async () => {
    const { tree, flow } = await record((config) => greeting().invoke(input, config));
    expect(tree).toBe(INVOKED);
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: {"question":"who?"} → "hello"
        CHAIN ChatPromptTemplate OK: {"question":"who?"} → {"messages":["system:Be brief.","human:who?"]}
        CHAT_MODEL FakeListChatModel OK: {"messages":["system:Be brief.","user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}
        CHAIN StrOutputParser OK: "ai:hello" → "hello""
    `);
  });

  test("stream", async () => {
    const { tree, flow } = await record((config) => collect(greeting().stream(input, config)));
    expect(tree).toBe(STREAMED);
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN RunnableSequence OK: {"question":"who?"} → "hello"
        CHAIN ChatPromptTemplate OK: {"question":"who?"} → {"messages":["system:Be brief.","human:who?"]}
        CHAT_MODEL FakeListChatModel OK [new_token]: {"messages":["system:Be brief.","user:who?"]} → {"choices":[{"message":"assistant:hello","finish_reason":null}]}
        CHAIN StrOutputParser OK: "AIMessageChunk:hello" → "hello""
    `);
  });

  test("transform", async () => {
    async function* inputs() {
      yield input;
    }
    const { tree } = await record((config) => collect(greeting().transform(inputs(), config)));
    expect(tree).toBe(STREAMED);
  });

  test.each(["v1", "v2"] as const)("streamEvents %s", async (version) => {
    const { tree } = await record((config) =>
      collect(greeting().streamEvents(input, { version, ...config })),
    );
    expect(tree).toBe(STREAMED);
  });

  test("streamLog", async () => {
    const { tree } = await record((config) => collect(greeting().streamLog(input, config)));
    expect(tree).toBe(STREAMED);
  });

  test("batch", async () => {
    const { trees } = await record((config) => greeting().batch([input, input], config), {
      traces: 2,
    });
    expect(trees).toEqual([INVOKED, INVOKED]);
  });
});

describe("a chain with a config of its own", () => {
  const named = () => greeting().withConfig({ runName: "greeting", metadata: { tier: 1 } });

  test("invoked has its name and metadata", async () => {
    const { tree, span } = await record((config) => named().invoke(input, config));
    expect(tree).toBe(INVOKED.replace("RunnableSequence", "greeting"));
    expect(span("greeting").attributes.metadata).toEqual({ tier: 1 });
  });

  test("streamed has them too", async () => {
    const { tree, span } = await record((config) => collect(named().stream(input, config)));
    expect(tree).toBe(STREAMED.replace("RunnableSequence", "greeting"));
    expect(span("greeting").attributes.metadata).toEqual({ tier: 1 });
  });

  test("the name given with a call wins", async () => {
    const { tree } = await record((config) =>
      greeting().invoke(input, { runName: "this time", ...config }),
    );
    expect(tree).toBe(INVOKED.replace("RunnableSequence", "this time"));
  });
});

describe("metadata", () => {
  test("of the call is kept on every span, its tags are not", async () => {
    const { trace } = await record((config) =>
      greeting().invoke(input, { metadata: { tier: 1 }, tags: ["mine"], ...config }),
    );
    for (const { attributes } of trace.data.spans) {
      expect(attributes.metadata).toMatchObject({ tier: 1 });
      expect(JSON.stringify(attributes)).not.toContain("mine");
    }
  });

  test("thread_id becomes the trace's session", async () => {
    const { trace } = await record((config) =>
      greeting().invoke(input, { metadata: { thread_id: 7 }, ...config }),
    );
    expect(trace.info.traceMetadata["mlflow.trace.session"]).toBe("7");
  });
});

test("a failing step: its error goes up to the root, what follows is not there", async () => {
  const failing = RunnableLambda.from(() => {
    throw new TypeError("boom");
  });
  const { tree, trace, outcome } = await record((config) =>
    greeting().pipe(failing).pipe(greeting()).invoke(input, config),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence ERROR [exception]
      CHAIN ChatPromptTemplate OK
      CHAT_MODEL FakeListChatModel OK
      CHAIN StrOutputParser OK
      CHAIN RunnableLambda ERROR [exception]"
  `);
  const [root] = trace.data.spans;
  expect(root?.status.message).toBe("boom");
  expect(root?.outputs).toBeUndefined();
  expect(root?.events[0]?.attributes).toMatchObject({
    "exception.message": "boom",
    "exception.type": "TypeError",
    "exception.stacktrace": outcome.error?.stack,
  });
  expect(trace.info).toMatchObject({ state: "ERROR", requestPreview: '{"question": "who?"}' });
  expect(trace.info.responsePreview).toBeUndefined();
  expect(trace.info.traceMetadata["mlflow.traceOutputs"]).toBe("");
});

test("what was made before autolog() is traced whole from its first call", async () => {
  const early = greeting();
  const { traces } = await traced(async () => [
    await early.invoke(input),
    await collect(early.stream(input)),
  ]);
  expect(traces.map(({ info }) => info.requestPreview)).toEqual(
    Array(2).fill('{"question": "who?"}'),
  );
});

test("an unhandled rejection stays unhandled", async () => {
  const lost = RunnableLambda.from(() => {
    throw new Error("lost");
  });
  const { tree, outcome } = await record(async () => {
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    const unhandled = new Promise((resolve) => process.once("unhandledRejection", resolve));
    void lost.invoke(1);
    const error = await unhandled;
    for (const other of others) process.on("unhandledRejection", other);
    return error;
  });
  expect(outcome.value).toMatchObject({ message: "lost" });
  expect(tree).toBe("CHAIN RunnableLambda ERROR [exception]");
});
