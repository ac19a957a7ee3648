import {
  CommaSeparatedListOutputParser,
  JsonOutputParser,
  StringOutputParser,
  StructuredOutputParser,
} from "@langchain/core/output_parsers";
import {
  ChatPromptTemplate,
  FewShotPromptTemplate,
  MessagesPlaceholder,
  PromptTemplate,
} from "@langchain/core/prompts";
import {
  RouterRunnable,
  type Runnable,
  RunnableAssign,
  RunnableBinding,
  RunnableBranch,
  RunnableEach,
  RunnableLambda,
  RunnableMap,
  RunnablePassthrough,
  RunnablePick,
  RunnableRetry,
  RunnableSequence,
} from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel, FakeRetriever, FakeStreamingLLM } from "@langchain/core/utils/testing";
import { Annotation, START, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { expect, inject, test } from "vitest";
import { z } from "zod";
import { loadChain } from "../../src/models/serialized/load-chain.js";
import { serializeChain } from "../../src/models/serialized/serialize-chain.js";
import type { LangChainModel } from "../../src/models/set-model.js";

const KEY = "sk-planted-key";
const BASE_URL = "http://127.0.0.1:9/planted/v1";
const openai = (fields: object = {}) =>
  new ChatOpenAI({ model: "gpt-4o", temperature: 0.2, apiKey: KEY, ...fields });
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "Be brief."],
  ["human", "{question}"],
]);
const shout = tool(async ({ text }) => text.toUpperCase(), {
  name: "shout",
  schema: z.object({ text: z.string() }),
});
const handler = { name: "mine", handleChainStart() {} };

/** Logged, and equal when it is loaded. */
const EQUAL: readonly (readonly [string, () => object])[] = [
  ["a chat prompt", () => prompt],
  [
    "a chat prompt with a placeholder",
    () => ChatPromptTemplate.fromMessages([new MessagesPlaceholder("history"), ["human", "{x}"]]),
  ],
  ["a text prompt", () => PromptTemplate.fromTemplate("Tell of {thing}.")],
  ["a text parser", () => new StringOutputParser()],
  ["a JSON parser", () => new JsonOutputParser()],
  ["a list parser", () => new CommaSeparatedListOutputParser()],
  ["a chat model", () => openai()],
  [
    "a chat model with an address and headers of its own",
    () =>
      openai({
        configuration: { baseURL: BASE_URL, defaultHeaders: { authorization: `Bearer ${KEY}` } },
      }),
  ],
  ["prompt, model and parser", () => prompt.pipe(openai()).pipe(new StringOutputParser())],
  ["a map", () => RunnableMap.from({ a: prompt, b: new RunnablePassthrough() })],
  ["a passthrough", () => new RunnablePassthrough()],
  [
    "an assign",
    () =>
      new RunnableAssign({ mapper: RunnableMap.from({ a: PromptTemplate.fromTemplate("{x}") }) }),
  ],
  ["a pick", () => new RunnablePick("a")],
  [
    "a retry",
    () => new RunnableRetry({ bound: prompt, kwargs: {}, config: {}, maxAttemptNumber: 3 }),
  ],
  ["a fallback", () => openai().withFallbacks([openai({ model: "gpt-4o-mini" })])],
  [
    "a binding with tags",
    () => new RunnableBinding({ bound: prompt, kwargs: {}, config: { tags: ["x"] } }),
  ],
  ["a router", () => new RouterRunnable({ runnables: { one: prompt } })],
  ["an each", () => new RunnableEach({ bound: prompt })],
];

/** Refused, and for what reason. */
const REFUSED: readonly (readonly [string, () => object, RegExp])[] = [
  [
    "a text prompt with a partial variable",
    () =>
      new PromptTemplate({
        template: "{a} {b}",
        inputVariables: ["b"],
        partialVariables: { a: "x" },
      }),
    /Missing value for input a/,
  ],
  ["a lambda", () => RunnableLambda.from((x: string) => x), /RunnableLambda/],
  [
    "a chain with a lambda in its midst",
    () =>
      RunnableSequence.from([
        prompt,
        RunnableLambda.from((x: unknown) => x),
        new StringOutputParser(),
      ] as never),
    /RunnableLambda at \$\.kwargs\.middle\.0/,
  ],
  [
    "a branch",
    () =>
      RunnableBranch.from([
        [RunnableLambda.from(() => true) as Runnable<unknown, boolean>, prompt as never],
        prompt as never,
      ]),
    /RunnableBranch|RunnableLambda/,
  ],
  ["a tool", () => shout, /DynamicStructuredTool/],
  ["a retriever", () => new FakeRetriever(), /FakeRetriever/],
  [
    "a model with tools bound",
    () => openai().bindTools([shout]),
    /parameters|DynamicStructuredTool|defaultOptions|kwargs|config/,
  ],
  [
    "a model with structured output",
    () => openai().withStructuredOutput(z.object({ a: z.string() })),
    /RunnableLambda|parser|Structured|RunnableBinding|ChatOpenAI/,
  ],
  ["a fake chat model", () => new FakeListChatModel({ responses: ["x"] }), /FakeListChatModel/],
  ["a fake model that streams", () => new FakeStreamingLLM({}), /FakeStreamingLLM/],
  [
    "a structured output parser",
    () => StructuredOutputParser.fromZodSchema(z.object({ a: z.string() })),
    /StructuredOutputParser/,
  ],
  [
    "a prompt with a function for a variable",
    () =>
      new PromptTemplate({
        template: "{a} {b}",
        inputVariables: ["b"],
        partialVariables: { a: async () => "now" },
      }),
    /Missing value for input a/,
  ],
  ["a model with callbacks", () => openai({ callbacks: [handler] }), /callbacks/],
  [
    "a binding with callbacks",
    () => prompt.withConfig({ callbacks: [handler] }),
    /callbacks|config/,
  ],
  ["an assign of a function", () => RunnablePassthrough.assign({ a: () => 1 }), /RunnableLambda/],
  [
    "a passthrough that calls a function",
    () => new RunnablePassthrough({ func: () => {} }),
    /func/,
  ],
  [
    "a graph",
    () =>
      new StateGraph(Annotation.Root({ a: Annotation<string>() }))
        .addNode("n", () => ({}))
        .addEdge(START, "n")
        .compile(),
    /CompiledStateGraph/,
  ],
  ["a class of the app's own", () => new (class Mine extends StringOutputParser {})(), /Mine/],
  [
    "a few-shot prompt",
    () =>
      new FewShotPromptTemplate({
        examples: [{ a: "1" }],
        examplePrompt: PromptTemplate.fromTemplate("{a}"),
        inputVariables: [],
        prefix: "",
        suffix: "",
      }),
    /FewShot/,
  ],
];

const importsFrom = [inject("langchainRoot")];
const serialize = (model: object) => serializeChain(model as LangChainModel, importsFrom);

test.each(EQUAL)("%s is stored, and loads as what it was", async (_, make) => {
  const { text, secrets } = await serialize(make());
  for (const planted of [KEY, BASE_URL, "planted"]) expect(text).not.toContain(planted);
  const loaded = await loadChain(text, { importsFrom, secrets, secretOf: () => "another key" });
  expect((await serialize(loaded)).text).toBe(text);
});

test.each(REFUSED)("%s is refused, saying why and what to do", async (_, make, why) => {
  const refusal = expect(serialize(make())).rejects;
  await refusal.toThrow(why);
  await refusal.toThrow(/mlflow\.models\.setModel\(agent\)/);
});

test("what is left out is told, with the variables it comes from", async () => {
  const stored = await serialize(prompt.pipe(openai({ configuration: { baseURL: BASE_URL } })));
  expect(stored.dropped).toEqual(["$.kwargs.last.kwargs.configuration"]);
  expect(stored.variables).toEqual(["OPENAI_API_KEY", "OPENAI_BASE_URL"]);
  expect(stored.packages).toEqual(["@langchain/core", "@langchain/openai"]);
});

test("a chain asks for its keys by name, and gets no others", async () => {
  const { text, secrets } = await serialize(openai());
  expect(secrets).toEqual(["OPENAI_API_KEY"]);
  await expect(
    loadChain(text, { importsFrom, secrets, secretOf: () => undefined }),
  ).rejects.toThrow("The model needs OPENAI_API_KEY");
  const evil = JSON.stringify({
    lc: 1,
    type: "constructor",
    id: ["langchain", "chat_models", "openai", "ChatOpenAI"],
    kwargs: { model: { lc: 1, type: "secret", id: ["AWS_SECRET"] } },
  });
  const asked: string[] = [];
  const secretOf = (name: string) => {
    asked.push(name);
    return "x";
  };
  await expect(
    loadChain(evil, { importsFrom, secrets: ["OPENAI_API_KEY"], secretOf }),
  ).rejects.toThrow();
  expect(asked).toEqual([]);
});

test.each([
  ["a class that is not allowed", ["langchain", "llms", "evil", "Evil"], /Evil at \$/],
  [
    "a class of core that does more than hold data",
    ["langchain_core", "tools", "DynamicTool"],
    /DynamicTool at \$/,
  ],
])("%s is never made", async (_, id, message) => {
  const text = JSON.stringify({ lc: 1, type: "constructor", id, kwargs: {} });
  await expect(loadChain(text, { importsFrom, secrets: [], secretOf: () => "x" })).rejects.toThrow(
    message,
  );
});
