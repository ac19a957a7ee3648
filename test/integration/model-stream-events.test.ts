import type { AIMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import type { Span } from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { type Config, record } from "../support/traces.js";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

/** `streamEvents` of version 3, which core 0.3 has not: LangChain tells no handler of it. */
interface StreamsEvents {
  streamEvents(input: unknown, options?: object): AsyncIterable<object> & PromiseLike<AIMessage>;
}
const eventsOf = (model: object, input: unknown, options?: object) =>
  (model as StreamsEvents).streamEvents(input, options);

const fake = (fields: object = {}) => new FakeListChatModel({ responses: ["hello"], ...fields });
const openAi = () =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "none-needed",
    configuration: { baseURL: server.url },
    maxRetries: 0,
  });
const SEARCH = {
  type: "function",
  function: { name: "search", description: "Searches.", parameters: { type: "object" } },
} as const;

describe.skipIf(isCore03)("streamEvents called on a model itself", () => {
  test("is a model's span, as with LangChain's own events", async () => {
    const { tree, span, trace } = await record(async (config) => {
      const message = await eventsOf(openAi(), "hi", { ...config, metadata: { thread_id: "t1" } });
      return message.content;
    });
    expect(tree).toBe("CHAT_MODEL ChatOpenAI OK [new_token]");
    const { inputs, outputs, attributes } = span("ChatOpenAI");
    expect(inputs).toMatchObject({ messages: [{ role: "user", content: "hi" }] });
    expect(outputs).toMatchObject({
      choices: [
        {
          message: { role: "assistant", content: [{ type: "text", text: "You said: hi" }] },
          finish_reason: "stop",
        },
      ],
    });
    expect(attributes).toMatchObject({
      "mlflow.llm.model": "gpt-4o",
      "mlflow.llm.provider": "openai",
      "mlflow.chat.tokenUsage": { input_tokens: expect.any(Number) },
      "langchain.streamed_tokens": expect.any(Number),
      invocation_params: { model: "gpt-4o" },
    });
    expect(trace.info.traceMetadata["mlflow.trace.session"]).toBe("t1");
  });

  test("is there as soon as its reader is done, however it reads", async () => {
    const readers: ((config: Config) => Promise<unknown>)[] = [
      async (config) => (await collect(eventsOf(fake(), "x", config))).length,
      async (config) => (await eventsOf(fake(), "x", config)).text,
      // It goes on to its end when nobody reads.
      async (config) => {
        for await (const _ of eventsOf(fake(), "x", config)) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    ];
    for (const reader of readers) {
      const { tree } = await record((config) => reader(config));
      expect(tree).toBe("CHAT_MODEL FakeListChatModel OK [new_token]");
    }
  });

  test("has the tool calls", async () => {
    const { span } = await record(async () => {
      const bound = openAi().bindTools([SEARCH]);
      return (await eventsOf(bound, "How long would it take?")).tool_calls;
    });
    const { outputs, attributes } = span("ChatOpenAI") as Span & { outputs: never };
    expect(outputs).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: "search" } }] } }],
    });
    expect(attributes["mlflow.chat.tools"]).toMatchObject([{ function: { name: "search" } }]);
  });

  test("hangs where it was called", async () => {
    const ask = RunnableLambda.from(async (text: string) => (await eventsOf(fake(), text)).text);
    const { tree } = await record((config) => ask.pipe((text) => text).invoke("x", config));
    expect(tree).toBe(
      [
        "CHAIN RunnableSequence OK",
        "  CHAIN RunnableLambda OK",
        "    CHAT_MODEL FakeListChatModel OK [new_token]",
        "  CHAIN RunnableLambda OK",
      ].join("\n"),
    );
  });

  test("fails as the model does", async () => {
    class Failing extends FakeListChatModel {
      override async *_streamResponseChunks(...args: never[]) {
        yield* super._streamResponseChunks(...(args as unknown as [never, never]));
        throw new Error("no words");
      }
    }
    const failing = new Failing({ responses: ["hello"] });
    const { tree, outcome } = await record(async (config) => {
      await eventsOf(failing, "x", config);
    });
    expect(outcome).toMatchObject({ kind: "thrown", error: { message: "no words" } });
    expect(tree).toBe("CHAT_MODEL Failing ERROR [new_token exception]");
  });

  test("ends with the signal, and what had come", async () => {
    const { tree, span } = await record(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const stream = eventsOf(fake({ sleep: 20 }), "x", { signal });
      let count = 0;
      for await (const _ of stream) if (++count === 4) controller.abort();
    });
    expect(tree).toBe("CHAT_MODEL FakeListChatModel ERROR aborted [new_token exception]");
    expect(JSON.stringify(span("FakeListChatModel").outputs)).toMatch(/"content":"hel?l?"/);
  });

  test("of version 2 is what it was", async () => {
    const { tree } = await record(async (config) => {
      const events = fake().streamEvents("x", { version: "v2", ...config });
      return (await collect(events)).length;
    });
    expect(tree).toBe("CHAT_MODEL FakeListChatModel OK [new_token]");
  });

  test("is not recorded where its root is not sampled", async () => {
    await record(async (config) => (await eventsOf(fake(), "x", config)).text, {
      traces: 0,
      autolog: { samplingRatio: 0 },
    });
  });
});
