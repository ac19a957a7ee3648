import {
  AIMessage,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import * as parsers from "@langchain/core/output_parsers";
import { JsonOutputKeyToolsParser } from "@langchain/core/output_parsers/openai_tools";
import * as prompts from "@langchain/core/prompts";
import * as runnables from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI, OpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import {
  appModules,
  dumpRunnable,
  loadRunnable,
} from "../../src/models/serialize/runnable-data.js";
import type { LangChainModel } from "../../src/models/set-model.js";
import { langchainRoot } from "../support/core-version.js";

const { RunnableLambda, RunnableMap, RunnablePassthrough } = runnables;
const { ChatPromptTemplate, PromptTemplate } = prompts;
const KEY = "sk-planted-0123456789";
const importsFrom = [langchainRoot];

let server: Awaited<ReturnType<typeof startOpenAiServer>>;
beforeAll(async () => {
  server = await startOpenAiServer();
  process.env.OPENAI_BASE_URL = server.url;
  process.env.OPENAI_API_KEY = KEY;
});
afterAll(async () => {
  delete process.env.OPENAI_BASE_URL;
  delete process.env.OPENAI_API_KEY;
  await server.close();
});

const prompt = () => ChatPromptTemplate.fromMessages([["human", "Say {word}"]]);
const model = (fields: object = {}) =>
  new ChatOpenAI({ model: "gpt-4o", temperature: 0, ...fields });
const parser = () => new parsers.StringOutputParser();
const word = { word: "hello" };
const add = tool(({ a }: { a: number }) => a + 1, {
  ...{ name: "add", description: "Adds one.", schema: z.object({ a: z.number() }) },
});
interface Kind {
  readonly make: () => object;
  readonly input: unknown;
}

const EQUAL: Readonly<Record<string, Kind>> = {
  "a chat prompt": { make: prompt, input: word },
  "a chat prompt with a placeholder and fixed messages": {
    make: () =>
      ChatPromptTemplate.fromMessages([
        new SystemMessage("Be {not a variable}."),
        new prompts.MessagesPlaceholder("history"),
        ["human", "{word}"],
        new AIMessage({ content: "Hi", additional_kwargs: { note: 1 } }),
      ]),
    input: { ...word, history: [new AIMessage("before")] },
  },
  "a chat prompt with a user's data that looks like LangChain's": {
    make: () =>
      ChatPromptTemplate.fromMessages([
        new AIMessage({
          content: "x",
          additional_kwargs: { planted: { lc: 1, type: "secret", id: ["PATH"] } },
        }),
      ]),
    input: {},
  },
  "a chat prompt with an image": {
    make: () =>
      ChatPromptTemplate.fromMessages([
        [
          "human",
          [
            { type: "image_url", image_url: "{url}" },
            { type: "text", text: "{text}" },
          ],
        ],
      ]),
    input: { url: "http://example.org/a.png", text: "What is it?" },
  },
  "a chat prompt with every kind of message": {
    make: () =>
      ChatPromptTemplate.fromMessages([
        new AIMessage({
          ...{ content: [{ type: "text", text: "x" }], id: "1", name: "n" },
          tool_calls: [{ name: "add", args: { a: 1 }, id: "call-1", type: "tool_call" }],
          response_metadata: { finish_reason: "stop" },
        }),
        new ToolMessage({
          ...{ content: "2", tool_call_id: "call-1", status: "success", artifact: { a: 1 } },
        }),
        new ChatMessage("x", "critic"),
        new HumanMessage({ content: "x", id: "2", example: true } as never),
        prompts.ChatMessagePromptTemplate.fromTemplate("Say {word}", "critic"),
        ["placeholder", "{more}"],
      ]),
    input: word,
  },
  "a structured prompt": {
    make: () =>
      prompts.StructuredPrompt.fromMessagesAndSchema(
        [["human", "Say {word}"]],
        { type: "object", properties: { word: { type: "string" } } },
        "jsonMode",
      ),
    input: word,
  },
  "a text prompt": { make: () => PromptTemplate.fromTemplate("Say {word}"), input: word },
  "a text prompt with mustaches": {
    make: () => PromptTemplate.fromTemplate("Say {{word}}", { templateFormat: "mustache" }),
    input: word,
  },
  "a prompt with examples": {
    make: () =>
      new prompts.FewShotChatMessagePromptTemplate({
        examples: [{ word: "one" }, { word: "two" }],
        examplePrompt: prompt(),
        inputVariables: [],
      }),
    input: {},
  },
  "a pipeline of prompts": {
    make: () =>
      new prompts.PipelinePromptTemplate({
        pipelinePrompts: [{ name: "first", prompt: PromptTemplate.fromTemplate("Say {word}") }],
        finalPrompt: PromptTemplate.fromTemplate("{first}!"),
      }),
    input: word,
  },
  "a text parser": { make: parser, input: "text" },
  "a JSON parser": { make: () => new parsers.JsonOutputParser(), input: '{"a":[1]}' },
  "a bytes parser": { make: () => new parsers.BytesOutputParser(), input: "text" },
  "a list parser": { make: () => new parsers.CommaSeparatedListOutputParser(), input: "a, b" },
  "a numbered list parser": {
    make: () => new parsers.NumberedListOutputParser(),
    input: "1. a\n2. b",
  },
  "an XML parser": { make: () => new parsers.XMLOutputParser({ tags: ["a"] }), input: "<a>b</a>" },
  "a chat model": { make: model, input: "Say hello" },
  "a chat model with many settings": {
    make: () =>
      model({
        ...{ maxTokens: 9, topP: 0.5, stop: ["x"], maxRetries: 1, modelKwargs: { seed: 7 } },
        ...{ tags: ["t"], metadata: { team: "blue" }, streamUsage: false, timeout: 9000 },
      }),
    input: "Say hello",
  },
  "a chat model with further settings": {
    make: () =>
      model({
        ...{ frequencyPenalty: 1, presencePenalty: 1, n: 1, logitBias: { 7: -100 }, user: "u" },
        ...{ logprobs: true, topLogprobs: 2, supportsStrictToolCalling: true, maxConcurrency: 2 },
        ...{ verbosity: "low", promptCacheKey: "k", modalities: ["text"], disableStreaming: true },
        configuration: { maxRetries: 1, logLevel: "off", dangerouslyAllowBrowser: true },
        modelKwargs: { tools: [{ type: "function", function: { name: "add", parameters: {} } }] },
      }),
    input: "Say hello",
  },
  "a completion model": {
    make: () => new OpenAI({ model: "gpt-3.5-turbo-instruct", temperature: 0 }),
    input: undefined,
  },
  "a chain": { make: () => prompt().pipe(model()).pipe(parser()), input: word },
  "a named chain of many steps": {
    make: () =>
      runnables.RunnableSequence.from(
        [prompt(), model(), parser(), new RunnablePassthrough(), parser()] as never,
        "many",
      ),
    input: word,
  },
  "a map": {
    make: () => RunnableMap.from({ same: new RunnablePassthrough(), said: prompt() }),
    input: word,
  },
  "a passthrough": { make: () => new RunnablePassthrough(), input: [1, { a: null }] },
  "an assignment": {
    make: () => RunnablePassthrough.assign({ said: prompt().pipe(model()).pipe(parser()) }),
    input: word,
  },
  "a pick": { make: () => new runnables.RunnablePick(["word"]), input: { ...word, other: 1 } },
  "a parser with a configuration": {
    make: () => parser().withConfig({ runName: "named", tags: ["t"] }),
    input: "text",
  },
  "a chat model with call options": {
    make: () =>
      new runnables.RunnableBinding({
        bound: model() as never,
        kwargs: {
          ...{ stop: ["x"], seed: 7, tool_choice: "auto", response_format: { type: "text" } },
          tools: [{ type: "function", function: { name: "add", parameters: { type: "object" } } }],
        } as never,
        config: { recursionLimit: 9, maxConcurrency: 2, configurable: { thread_id: "t" } },
      }),
    input: "Say hello",
  },
  "a chain with retries": {
    make: () => prompt().pipe(model()).withRetry({ stopAfterAttempt: 2 }),
    input: word,
  },
  "a chain with fallbacks": {
    make: () =>
      prompt()
        .pipe(model({ model: "gpt-4o-mini" }))
        .withFallbacks([prompt().pipe(model())]),
    input: word,
  },
  "a router": {
    make: () => new runnables.RouterRunnable({ runnables: { a: prompt(), b: parser() } as never }),
    input: { key: "b", input: "text" },
  },
  "one for each": {
    make: () => new runnables.RunnableEach({ bound: prompt() }),
    input: [word, word],
  },
};

const REFUSED: Readonly<Record<string, { readonly make: () => object; readonly why: RegExp }>> = {
  "a lambda": {
    make: () => RunnableLambda.from((text: string) => text),
    why: /the object itself is a RunnableLambda, which LangChain does not serialize/,
  },
  "a chain with a function": {
    make: () =>
      prompt()
        .pipe(model())
        .pipe(() => "x")
        .pipe(parser()),
    why: /\[2\] is a RunnableLambda/,
  },
  "a branch": {
    make: () =>
      runnables.RunnableBranch.from([[(text: string) => text === "", parser()], parser()] as never),
    why: /RunnableBranch, a class that langchain-mlflow does not load from data/,
  },
  "a passthrough with a function": {
    make: () => new RunnablePassthrough({ func: () => {} }),
    why: /func is a function/,
  },
  "a structured output parser": {
    make: () => parsers.StructuredOutputParser.fromZodSchema(z.object({ a: z.string() }) as never),
    why: /StructuredOutputParser, which LangChain does not serialize/,
  },
  "a custom list parser": {
    make: () => new parsers.CustomListOutputParser({ separator: ";" }),
    why: /CustomListOutputParser, which LangChain does not serialize/,
  },
  "a Markdown list parser, which is loaded as a numbered one": {
    make: () => new parsers.MarkdownListOutputParser(),
    why: /is a MarkdownListOutputParser and is loaded as a NumberedListOutputParser/,
  },
  "a parser of tool calls": {
    make: () => new JsonOutputKeyToolsParser({ keyName: "a" }),
    why: /JsonOutputKeyToolsParser, a class that langchain-mlflow does not load from data/,
  },
  "a prompt with few examples": {
    make: () =>
      new prompts.FewShotPromptTemplate({
        ...{ examples: [{ a: "1" }], examplePrompt: PromptTemplate.fromTemplate("{a}") },
        ...{ inputVariables: [], suffix: "" },
      }),
    why: /FewShotPromptTemplate, which LangChain does not serialize/,
  },
  "a prompt with a partial variable, which LangChain loses": {
    make: () =>
      new PromptTemplate({
        ...{ template: "{a} {word}", inputVariables: ["word"], partialVariables: { a: "now" } },
      }),
    why: /Missing value for input a/,
  },
  "a chat prompt with a partial variable, which LangChain loses": {
    make: () =>
      new ChatPromptTemplate({
        ...{ promptMessages: [["human", "{a}"]] as never, inputVariables: [] },
        ...{ partialVariables: { a: "b" }, validateTemplate: false },
      }),
    why: /partialVariables is an object of class Object and is loaded as nothing/,
  },
  "a prompt with a function as a partial variable": {
    make: () =>
      new PromptTemplate({
        template: "{now}",
        inputVariables: [],
        partialVariables: { now: (async () => "now") as never },
      }),
    why: /Missing value for input now/,
  },
  "bound tools, which LangChain loses": {
    make: () => model().bindTools([add]),
    why: /defaultOptions is an object of class Object and is loaded as nothing|bound|tools/,
  },
  "a model with a configuration, which LangChain loses": {
    make: () => model().withConfig({ tags: ["lost"] }),
    why: /defaultOptions|lost|tags/,
  },
  "a model for structured output": {
    make: () => model().withStructuredOutput(z.object({ a: z.string() }) as never),
    why: /RunnableSequence cannot|cannot be logged as data/,
  },
  "a model of a subclass": {
    make: () => new (class extends ChatOpenAI {})({ model: "gpt-4o" }),
    why: /is loaded as a ChatOpenAI|does not load from data/,
  },
  "a model whose method was replaced": {
    make: () => Object.assign(model(), { _generate: async () => ({ generations: [] }) }),
    why: /_generate is a custom function/,
  },
  "a chain whose step was changed": {
    make: () => {
      const changed = parser();
      changed.parse = async () => "changed";
      return prompt().pipe(changed as never);
    },
    why: /last.parse is a custom function/,
  },
  "a model with callbacks": {
    make: () => model({ callbacks: [{ handleLLMStart: () => {} }] }),
    why: /callbacks/,
  },
  "a model with a cache": { make: () => model({ cache: true }), why: /cache/ },
  "a model with a custom fetch": {
    make: () => model({ configuration: { fetch: globalThis.fetch } }),
    why: /configuration.fetch cannot be stored/,
  },
  "a model with query parameters": {
    make: () => model({ configuration: { defaultQuery: { code: KEY } } }),
    why: /configuration.defaultQuery cannot be stored/,
  },
  "a model with a key that a function returns": {
    make: () => model({ apiKey: async () => KEY }),
    why: /apiKey is a (secret that is not a string|function)/,
  },
  "a binding with headers": {
    make: () => parser().withConfig({ metadata: { headers: { "x-key": KEY } } }),
    why: /metadata.headers looks like a key, a header or an address/,
  },
  "a binding with options of the HTTP client": {
    make: () =>
      new runnables.RunnableBinding({
        bound: parser() as never,
        kwargs: { options: { path: "/elsewhere" } } as never,
        config: {},
      }),
    why: /kwargs.options is a field that langchain-mlflow does not keep in data/,
  },
  "a binding with a tool on another server": {
    make: () =>
      new runnables.RunnableBinding({
        bound: model() as never,
        kwargs: { tools: [{ type: "mcp", server_url: "http://example.org" }] } as never,
        config: {},
      }),
    why: /kwargs.tools\[0\] is a tool of type 'mcp'/,
  },
  "a prompt with an escape where LangChain reads a schema": {
    make: () =>
      prompts.StructuredPrompt.fromMessagesAndSchema([["human", "x"]], { lc: 1, type: "object" }),
    why: /__lc_escaped__ is a key that LangChain interprets/,
  },
  "retries with a callback": {
    make: () => parser().withRetry({ onFailedAttempt: () => {} }),
    why: /on_failed_attempt is a function \(onFailedAttempt\)/,
  },
  "a fake model": {
    make: () => new FakeListChatModel({ responses: ["a"] }),
    why: /FakeListChatModel, a class that langchain-mlflow does not load from data/,
  },
  "a tool": { make: () => add, why: /which LangChain does not serialize/ },
  "a graph": {
    make: () =>
      new StateGraph(MessagesAnnotation)
        .addNode("answer", () => ({ messages: [] }))
        .addEdge("__start__", "answer")
        .compile(),
    why: /which LangChain does not serialize/,
  },
  "a history": {
    make: () =>
      new runnables.RunnableWithMessageHistory({
        ...{ runnable: model() as never, getMessageHistory: () => ({}) as never },
        inputMessagesKey: "input",
      }),
    why: /cannot be logged as data/,
  },
  "an object with an invoke method": {
    make: () => ({ invoke: async () => "x", answer: 42 }),
    why: /invoke is a function/,
  },
  "a number that JSON cannot represent": {
    make: () => model({ topP: Number.NaN }),
    why: /top_p|topP|NaN/,
  },
};

const load = async (json: string, secretIds: readonly string[]) => {
  const importPackage = await appModules(importsFrom);
  return loadRunnable(json, { importPackage, secretIds, readSecret: (id) => process.env[id] });
};

const answer = async (one: object, input: unknown) => {
  const out = await (one as LangChainModel).invoke(input);
  // The id of a completion is new each time.
  return JSON.parse(JSON.stringify(out).replaceAll(/chatcmpl-mock\d+/g, "chatcmpl"));
};

describe("stored as data, and the same after it is loaded", () => {
  test.each(Object.entries(EQUAL))("%s", async (_name, { make, input }) => {
    const original = make() as LangChainModel;
    // One that was used has made a client of its own.
    const before = input === undefined ? undefined : await answer(original, input);
    const { json, secretIds } = await dumpRunnable(original, importsFrom);
    expect(json).not.toContain(KEY);
    const loaded = await load(json, secretIds);
    expect(Object.getPrototypeOf(loaded)).toBe(Object.getPrototypeOf(original));
    if (input !== undefined) expect(await answer(loaded, input)).toEqual(before);
  });
});

describe("refused, and the error names the part and the fix", () => {
  test.each(Object.entries(REFUSED))("%s", async (_name, { make, why }) => {
    const refusal = await dumpRunnable(make() as LangChainModel, importsFrom).then(
      ({ json }) => json,
      (error: Error) => error,
    );
    expect(refusal).toBeInstanceOf(Error);
    const { message } = refusal as Error;
    expect(message).toMatch(why);
    expect(message).toContain("mlflow.models.setModel(model);");
    expect(message).not.toContain(KEY);
  });
});
