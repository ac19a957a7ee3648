import { setTimeout as sleep } from "node:timers/promises";
import { AgentExecutor, createToolCallingAgent } from "@langchain/classic/agents";
import { ConversationChain, LLMChain } from "@langchain/classic/chains";
import { Document } from "@langchain/core/documents";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { ChatPromptTemplate, MessagesPlaceholder } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import {
  type RunnableConfig,
  RunnableLambda,
  RunnableMap,
  RunnablePassthrough,
} from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { Annotation, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { createPyFuncModel } from "../../src/models/pyfunc/pyfunc-model.js";
import type { RawModel } from "../../src/models/pyfunc/requests.js";
import { inferSignature } from "../../src/models/signature/infer-signature.js";
import type { ModelSignature } from "../../src/models/signature/model-signature.js";
import { isCore03 } from "../support/core-version.js";
import { collect } from "../support/outcome.js";
import { AGENT_ANSWER as ANSWER, PAGE_TOOLS as tools } from "../support/page-agent.js";
import { record } from "../support/traces.js";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const chat = () =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "k",
    configuration: { baseURL: server.url },
    maxRetries: 0,
  });
const QUESTION = { messages: [{ role: "user", content: "How long?" }] };

const pyFunc = (
  model: RawModel,
  signature?: ModelSignature,
  settings?: { convertsMessages?: boolean; hidesSchemaDetails?: boolean },
) =>
  createPyFuncModel({
    model,
    metadata: { signature },
    settings: () => ({ hidesSchemaDetails: false, convertsMessages: undefined, ...settings }),
  });

type Message = { type: string; content: unknown; [name: string]: unknown };
type State = { messages: Message[] };

describe("a graph returns its state, with messages in dump form", () => {
  test("an agent, whose signature is inferred from its input and output", async () => {
    const agent = createReactAgent({ llm: chat(), tools });
    const [first] = (await pyFunc(agent).predict([QUESTION])) as State[];
    expect(first?.messages.map(({ type }) => type)).toEqual([
      ...["human", "ai", "tool", "ai", "tool", "ai", "tool", "ai"],
    ]);
    expect(first?.messages.at(-1)).toMatchObject({
      content: ANSWER,
      tool_calls: [],
      name: null,
    });
    expect(first?.messages[2]).toMatchObject({ name: "search", status: "success", artifact: null });

    const signature = inferSignature(QUESTION, first);
    expect(String(signature.inputs)).toBe(
      "['messages': Array({content: string (required), role: string (required)}) (required)]",
    );
    expect(String(signature.outputs)).toMatch(/tool_calls: Array\(\{args: \{/);
    const answers = (await pyFunc(agent, signature).predict(QUESTION)) as State[];
    expect(answers).toHaveLength(1);
    expect(answers[0]?.messages.at(-1)?.content).toBe(ANSWER);
  });

  test("streams its updates", async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("say", async () => ({ messages: [new AIMessage("hello")] }))
      .addEdge("__start__", "say")
      .compile();
    const chunks = (await collect(pyFunc(graph).predictStream(QUESTION))) as { say: State }[];
    expect(chunks.at(-1)?.say.messages[0]).toMatchObject({ type: "ai", content: "hello" });
  });

  test("messages of the app are passed unchanged", async () => {
    const seen: unknown[] = [];
    const look = RunnableLambda.from((input: { messages: BaseMessage[] }) => {
      seen.push(input.messages[0]);
      return "ok";
    });
    const example = { messages: [new HumanMessage("hi")] };
    const model = pyFunc(look, inferSignature(example, "ok"));
    expect(await model.predict({ messages: [new HumanMessage("there")] })).toEqual(["ok"]);
    expect(seen[0]).toBeInstanceOf(HumanMessage);
  });
});

test("the single output of an AgentExecutor is unwrapped", async () => {
  const prompt = ChatPromptTemplate.fromMessages([
    ["human", "{input}"],
    new MessagesPlaceholder("agent_scratchpad"),
  ]);
  const agent = createToolCallingAgent({ llm: chat(), tools, prompt } as never);
  const model = pyFunc(
    new AgentExecutor({ agent, tools } as never) as unknown as RawModel,
    inferSignature({ input: "How long?" }, ANSWER),
  );
  expect(await model.predict({ input: "How long?" })).toEqual([ANSWER]);
});

describe("a text", () => {
  const QUESTIONS = ["How long would it take?", "And to Mars?"];

  async function expectTexts(model: RawModel): Promise<void> {
    // As logModel() infers a signature from a text example.
    const answer = await pyFunc(model).predict(QUESTIONS[0]);
    expect(answer).toBe(ANSWER);
    const signature = inferSignature(QUESTIONS[0], answer);
    expect(String(signature.inputs)).toBe("[string (required)]");
    expect(String(signature.outputs)).toBe("[string (required)]");
    expect(await pyFunc(model, signature).predict(QUESTIONS[0])).toEqual([ANSWER]);
    expect(await pyFunc(model, signature).predict(QUESTIONS)).toEqual([ANSWER, ANSWER]);
  }

  const createGraph = () => createReactAgent({ llm: chat(), tools });
  const graph = () => createGraph() as unknown as RawModel;

  test("is a message to a graph, which answers with the text of its last message", async () => {
    await expectTexts(graph());
  });

  test("is a message to a graph that is retried", async () => {
    await expectTexts(createGraph().withRetry() as unknown as RawModel);
  });

  test.skipIf(isCore03)("is a message to an agent of createAgent", async () => {
    const name = "langchain";
    const { createAgent }: typeof import("langchain") = await import(/* @vite-ignore */ name);
    await expectTexts(createAgent({ model: chat(), tools }) as unknown as RawModel);
  });

  test("is a message to a graph that is streamed", async () => {
    const chunks = await collect(pyFunc(graph()).predictStream(QUESTIONS[0]));
    expect(JSON.stringify(chunks.at(-1))).toContain(ANSWER);
  });

  test("is the input of an AgentExecutor that names no inputs", async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      ["human", "{input}"],
      new MessagesPlaceholder("agent_scratchpad"),
    ]);
    const agent = createToolCallingAgent({ llm: chat(), tools, prompt } as never);
    await expectTexts(new AgentExecutor({ agent, tools } as never) as unknown as RawModel);
  });

  test("is the only input of a chain that its memory does not provide", async () => {
    const chain = new ConversationChain({
      llm: new FakeListChatModel({ responses: [ANSWER] }),
    } as never);
    expect(chain.inputKeys).toContain("input");
    await expectTexts(chain as unknown as RawModel);
  });

  test("is passed unchanged to a chain with several inputs, and to a graph without messages", async () => {
    const prompt = ChatPromptTemplate.fromTemplate("{a} {b}");
    const llm = new FakeListChatModel({ responses: ["x"] });
    const chain = new LLMChain({ llm, prompt } as never) as unknown as RawModel;
    await expect(pyFunc(chain).predict("a")).rejects.toThrow("1 tasks failed");
    const State = Annotation.Root({ question: Annotation<string> });
    const counting = new StateGraph(State)
      .addNode("node", () => ({ question: "x" }))
      .addEdge("__start__", "node")
      .compile() as unknown as RawModel;
    await expect(pyFunc(counting).predict("a")).rejects.toThrow("InvalidUpdateError");
    expect(await pyFunc(counting).predict({ question: "a" })).toEqual({ question: "x" });
  });
});

describe("a retriever", () => {
  class Shelf extends BaseRetriever {
    lc_namespace = ["shelf"];
    override async _getRelevantDocuments(query: string) {
      return [new Document({ pageContent: `about ${query}`, metadata: { n: 1 } })];
    }
  }
  const documents = [
    { id: null, metadata: { n: 1 }, page_content: "about cats", type: "Document" },
  ];

  test("takes a string, or a dictionary with a query", async () => {
    expect(await pyFunc(new Shelf()).predict("cats")).toEqual(documents);
    const signature = inferSignature({ query: "dogs" }, documents);
    expect(await pyFunc(new Shelf(), signature).predict({ query: "cats" })).toEqual([documents]);
  });
});

describe("OpenAI's { messages }", () => {
  const echo = RunnableLambda.from((input: unknown) => {
    const isList = Array.isArray(input) && input.every((one) => one instanceof HumanMessage);
    return isList ? "converted" : "as it is";
  });
  const said = async (model: RawModel, input: unknown = QUESTION) => {
    const answer = await pyFunc(model).predict(input);
    return typeof answer === "string" ? answer : JSON.stringify(answer);
  };

  test("becomes messages, and the answer a completion, for a model that takes messages", async () => {
    const id = "m1";
    const model = RunnableLambda.from(() => {
      const call = { name: "search", args: { query: "x" }, id: "c1" };
      return new AIMessage({ id, content: "", tool_calls: [call] });
    });
    expect(await pyFunc(model).predict(QUESTION)).toEqual({
      id,
      object: "chat.completion",
      created: expect.any(Number),
      model: "",
      choices: [
        {
          index: 0,
          finish_reason: null,
          message: {
            role: "assistant",
            content: null,
            tool_calls: [
              {
                id: "c1",
                type: "function",
                function: { name: "search", arguments: '{"query": "x"}' },
              },
            ],
          },
        },
      ],
      usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null },
    });
  });

  test("streams chunks with a finish reason", async () => {
    const chunks = (await collect(pyFunc(chat()).predictStream(QUESTION))) as {
      id: string;
      choices: { delta: { content: string }; finish_reason: string | null }[];
    }[];
    const texts = chunks.map(({ choices }) => choices[0]?.delta.content);
    expect(texts.join("")).toBe("You said: How long?");
    expect(chunks.some(({ choices }) => choices[0]?.finish_reason === "stop")).toBe(true);
    expect(chunks[0]?.id).toMatch(/^chatcmpl/);
  });

  test("every role", async () => {
    const types = RunnableLambda.from((input: BaseMessage[]) =>
      input.map((one) => one._getType()).join(),
    );
    const roles = ["system", "user", "assistant", "function"].map((role) => ({
      role,
      content: "x",
    }));
    const messages = [...roles, { role: "tool", content: "x", tool_call_id: "c1" }];
    expect(await said(types, { messages })).toContain('"system,human,ai,function,tool"');
    await expect(said(types, { messages: [{ role: "critic", content: "x" }] })).rejects.toThrow(
      "Unrecognized chat message role: critic",
    );
  });

  const placeholder = ChatPromptTemplate.fromMessages([new MessagesPlaceholder("messages")]);
  const pass = RunnableLambda.from(() => "as it is");
  const reads = RunnableLambda.from((input: { messages?: unknown }): string =>
    input.messages ? "as it is" : "converted",
  );
  test.each<[string, RawModel]>([
    ["a prompt with a variable of that name", placeholder.pipe(pass)],
    ["a function that reads it", reads],
    ["a parallel with such a branch", RunnableMap.from({ a: reads }).pipe(pass)],
    [
      "an assignment before such a prompt",
      RunnablePassthrough.assign({ a: placeholder }).pipe(pass),
    ],
    ["one with a fallback", reads.withFallbacks([pass])],
    ["one with bound options", reads.withConfig({ tags: ["t"] })],
  ])("stays for %s", async (_what, model) => {
    expect(await said(model)).toBe("as it is");
  });

  test("is unchanged when a message is invalid, the dictionary has other keys, or one of several inputs has another form", async () => {
    expect(await said(echo, { messages: [{ role: "user" }] })).toBe("as it is");
    expect(await said(echo, { messages: "x" })).toBe("as it is");
    expect(await said(echo, { ...QUESTION, temperature: 0 })).toBe("as it is");
    expect(await said(echo, [QUESTION, "x"])).toBe('["as it is","as it is"]');
    expect(await said(echo)).toContain("converted");
  });

  test("is converted or not according to the environment variable", async () => {
    const on = pyFunc(reads, undefined, { convertsMessages: true });
    expect(JSON.stringify(await on.predict(QUESTION))).toContain('"converted"');
    const off = pyFunc(echo, undefined, { convertsMessages: false });
    expect(await off.predict(QUESTION)).toBe("as it is");
  });
});

describe("parameters", () => {
  test("of the signature are passed in the options, with defaults, and a config is merged into them", async () => {
    const seen: Partial<RunnableConfig & { temperature: number; stop: string[] }>[] = [];
    const model = RunnableLambda.from((_input: string, config) => {
      seen.push(config);
      return "ok";
    });
    const params = { temperature: 0.5, config: { tags: ["default"] } };
    const signature = inferSignature("x", "ok", params);
    const options: object[] = [];
    const spy: RawModel = {
      invoke: (input, given = {}) => {
        options.push(given);
        return model.invoke(input as string, given);
      },
    };
    const loaded = pyFunc(spy, signature);
    await loaded.predict("x");
    await loaded.predict("x", { temperature: 1, config: { tags: ["mine"] } });
    expect(options).toEqual([
      { temperature: 0.5, tags: ["default"] },
      { temperature: 1, tags: ["mine"] },
    ]);
    expect(seen.map(({ tags }) => tags)).toEqual([["default"], ["mine"]]);
    await expect(loaded.predict("x", { temperature: "hot" })).rejects.toThrow(
      "Invalid parameters found: {('temperature', \"Failed to validate type and shape for 'temperature': double " +
        "(default: 0.5), error: Can not safely convert `<class 'str'>` to `DataType.double` for value `hot`\")}",
    );
  });
});

describe("many rows", () => {
  test("run ten at a time and are returned in order", async () => {
    let running = 0;
    let most = 0;
    const model = RunnableLambda.from(async (n: number) => {
      running += 1;
      most = Math.max(most, running);
      await sleep((25 - n) % 5);
      running -= 1;
      return n * 2;
    });
    const inputs = Array.from({ length: 25 }, (_, n) => n);
    expect(await pyFunc(model).predict(inputs)).toEqual(inputs.map((n) => n * 2));
    expect(most).toBe(10);
  });

  test("all end before predict throws", async () => {
    const ended: number[] = [];
    const model = RunnableLambda.from(async (n: number) => {
      if (n === 0) throw new RangeError("no zero");
      await sleep(5);
      ended.push(n);
      return n;
    });
    await expect(pyFunc(model).predict([0, 1, 2])).rejects.toMatchObject({
      errorCode: "INTERNAL_ERROR",
      message:
        "1 tasks failed. Errors: {0: \"error: RangeError('no zero')\\n request payload: 0\"}",
      cause: { message: "no zero" },
    });
    expect(ended).toEqual([1, 2]);
  });
});

test("a model that cannot stream throws", async () => {
  const model = pyFunc({ invoke: () => "x" });
  await expect(collect(model.predictStream("x"))).rejects.toThrow(
    "Model Object does not support streaming prediction output. No `stream` method found.",
  );
});

test("ending a stream early ends the model's stream", async () => {
  const model = new FakeListChatModel({ responses: ["a long answer"] });
  const { trace } = await record(async () => {
    for await (const chunk of pyFunc(model).predictStream("x")) return (chunk as Message).content;
    return undefined;
  });
  expect(trace.info.state).toBe("OK");
});

test("predict is traced like invoke", async () => {
  const chain = RunnableLambda.from((text: string) => `${text}!`);
  const { trees } = await record(() => pyFunc(chain).predict(["a", "b"]), { traces: 2 });
  expect(trees).toEqual(["CHAIN RunnableLambda OK", "CHAIN RunnableLambda OK"]);
});

test("errors omit the input when the environment variable is set", async () => {
  const model = pyFunc({ invoke: () => "x" }, inferSignature({ secret: "x" }, "y"), {
    hidesSchemaDetails: true,
  });
  await expect(model.predict({ secret: 5 })).rejects.toMatchObject({
    errorCode: "INVALID_PARAMETER_VALUE",
    message: "Failed to enforce model input schema. Please check your input data.",
  });
});

test.skipIf(isCore03)("an agent of createAgent", async () => {
  const name = "langchain";
  const { createAgent }: typeof import("langchain") = await import(/* @vite-ignore */ name);
  const agent = createAgent({ model: chat(), tools });
  const [state] = (await pyFunc(
    agent as unknown as RawModel,
    inferSignature(QUESTION, "x"),
  ).predict(QUESTION)) as State[];
  expect(state?.messages.at(-1)).toMatchObject({ type: "ai", content: ANSWER });
});
