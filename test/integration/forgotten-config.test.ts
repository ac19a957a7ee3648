import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../support/outcome.js";
import { record } from "../support/traces.js";

const model = () => new FakeListChatModel({ responses: ["hello"] });
const chain = () => RunnableLambda.from((text: string) => text).pipe(model());

test("a call in a lambda is the lambda's child", async () => {
  const { tree } = await record((config) =>
    RunnableLambda.from((text: string) => chain().invoke(text)).invoke("x", config),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAT_MODEL FakeListChatModel OK"
  `);
});

test("a call with config and a call without config record the same tree", async () => {
  const forgotten = await record((config) =>
    RunnableLambda.from((text: string) => chain().invoke(text)).invoke("x", config),
  );
  const passed = await record((config) =>
    RunnableLambda.from((text: string, options) => chain().invoke(text, options)).invoke(
      "x",
      config,
    ),
  );
  expect(passed.tree).toBe(forgotten.tree);
});

test("a stream that a lambda reads is the lambda's child", async () => {
  const { tree } = await record((config) =>
    RunnableLambda.from(
      async (text: string) => (await collect(chain().stream(text))).length,
    ).invoke("x", config),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAT_MODEL FakeListChatModel OK [new_token]"
  `);
});

test("a call in a streamed lambda is the lambda's child", async () => {
  const { tree } = await record((config) =>
    collect(RunnableLambda.from((text: string) => chain().invoke(text)).stream("x", config)),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAT_MODEL FakeListChatModel OK"
  `);
});

test("calls side by side", async () => {
  const { tree } = await record((config) =>
    RunnableLambda.from((text: string) =>
      Promise.all([chain().invoke(text), model().invoke(text)]),
    ).invoke("x", config),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAT_MODEL FakeListChatModel OK
      CHAT_MODEL FakeListChatModel OK"
  `);
});

test("in a tool", async () => {
  const ask = tool(async ({ question }) => (await chain().invoke(question)).content, {
    name: "ask",
    description: "Asks.",
    schema: z.object({ question: z.string() }),
  });
  const { tree } = await record((config) => ask.invoke({ question: "x" }, config));
  expect(tree).toMatchInlineSnapshot(`
    "TOOL ask OK
      CHAIN RunnableSequence OK
        CHAIN RunnableLambda OK
        CHAT_MODEL FakeListChatModel OK"
  `);
});

test("in a tool, below a branch of a map", async () => {
  const ask = tool(async ({ question }) => (await model().invoke(question)).content, {
    name: "ask",
    description: "Asks.",
    schema: z.object({ question: z.string() }),
  });
  const map = () =>
    RunnableLambda.from((question: string) => ({ question })).pipe({
      asked: ask,
    });
  const { tree } = await record((config) => map().invoke("x", config));
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableSequence OK
      CHAIN RunnableLambda OK
      CHAIN RunnableMap OK
        TOOL ask OK
          CHAT_MODEL FakeListChatModel OK"
  `);
});

test("direct calls of generate() and of a tool's call()", async () => {
  const echo = tool(async ({ text }) => text, {
    name: "echo",
    description: "Echoes.",
    schema: z.object({ text: z.string() }),
  });
  const { tree } = await record((config) =>
    RunnableLambda.from(async (text: string) => {
      await model()
        .generatePrompt([{ toChatMessages: () => [] } as never])
        .catch(() => {});
      return (echo as unknown as { call(input: object): Promise<string> }).call({ text });
    }).invoke("x", config),
  );
  expect(tree).toMatchInlineSnapshot(`
    "CHAIN RunnableLambda OK
      CHAT_MODEL FakeListChatModel OK
      TOOL echo OK"
  `);
});

test("many calls at once keep their children apart", async () => {
  const outer = RunnableLambda.from(async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return (await chain().invoke(text)).content;
  });
  const count = 20;
  const { trees } = await record(
    (config) => Promise.all(Array.from({ length: count }, (_, i) => outer.invoke(`${i}`, config))),
    { traces: count },
  );
  expect(new Set(trees).size).toBe(1);
});

test("a model that runs one call at a time keeps nested calls with their own call", async () => {
  const inner = model();
  class Nesting extends FakeListChatModel {
    override async _generate(...args: Parameters<FakeListChatModel["_generate"]>) {
      return this.caller.call(async () => {
        await inner.invoke("inner");
        return super._generate(...args);
      });
    }
  }
  const outer = () => new Nesting({ responses: ["a"], maxConcurrency: 1 } as never);
  const { trees } = await record(
    (config) => {
      const nesting = outer();
      return Promise.all(["a", "b", "c"].map((text) => nesting.invoke(text, config)));
    },
    { traces: 3 },
  );
  expect(new Set(trees).size).toBe(1);
});

test("a call in a timer that fires after the trace is complete starts a new trace", async () => {
  let late: Promise<unknown> | undefined;
  const starter = RunnableLambda.from((text: string) => {
    late = new Promise((resolve) => {
      setTimeout(() => resolve(model().invoke(text)), 20);
    });
    return text;
  });
  const { trees } = await record(
    async (config) => {
      await starter.invoke("x", config);
      await late;
    },
    { traces: 2 },
  );
  expect(trees).toMatchInlineSnapshot(`
    [
      "CHAIN RunnableLambda OK",
      "CHAT_MODEL FakeListChatModel OK",
    ]
  `);
});
