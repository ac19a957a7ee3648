import { AIMessage, type AIMessageFields, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { record, traced } from "../support/traces.js";

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

/** A model that answers with this message. */
class Answering extends FakeListChatModel {
  readonly #answer: AIMessage;
  readonly #params: object;

  constructor(answer: AIMessage, params: object = {}) {
    super({ responses: ["unused"] });
    this.#answer = answer;
    this.#params = params;
  }

  override async _generate() {
    return { generations: [{ text: "", message: this.#answer }] };
  }

  override invocationParams() {
    return this.#params;
  }
}

/** Versions 0.3 and 1 of core declare the fields of a message in different ways. */
const answerWith = (fields: object, params?: object) =>
  new Answering(new AIMessage(fields as AIMessageFields), params);

async function answerOf(model: Answering) {
  const { trace } = await record(() => model.invoke("hi"));
  const outputs = trace.data.spans[0]?.outputs as { choices: { message: object }[] } | undefined;
  return outputs?.choices[0]?.message;
}

test("a model's thoughts are recorded beside its answer", async () => {
  const thinking = { type: "thinking", thinking: "hm", signature: "s" };
  const answer = answerWith({ content: [thinking, { type: "text", text: "hello" }] });
  expect(await answerOf(answer)).toEqual({
    role: "assistant",
    content: [{ type: "text", text: "hello" }],
    reasoning: "hm",
    ...{ tool_calls: null, refusal: null, tool_call_id: null },
  });
});

test("a spoken answer is recorded as transcript and audio", async () => {
  const audio = { id: "a", data: "UklGRg==", transcript: "spoken words", expires_at: 1 };
  expect(await answerOf(answerWith({ content: "", additional_kwargs: { audio } }))).toMatchObject({
    content: [
      { type: "text", text: "spoken words" },
      {
        type: "input_audio",
        input_audio: { data: expect.stringMatching(/^mlflow-attachment:/), format: "wav" },
      },
    ],
  });
});

describe("the tools that a model receives are recorded with description and JSON schema", () => {
  const parameters = { type: "object", properties: { a: { type: "number" } } };
  const add = { type: "function", function: { name: "add", description: "adds", parameters } };
  const named = (name: string) => ({ type: "function", function: { name } });
  test.each([
    [
      "Gemini",
      [
        {
          functionDeclarations: [{ name: "add", description: "adds", parameters }, { name: "sub" }],
        },
      ],
      [add, named("sub")],
    ],
    [
      "Bedrock",
      [{ toolSpec: { name: "add", description: "adds", inputSchema: { json: parameters } } }],
      [add],
    ],
    [
      "the Responses API",
      [
        { type: "function", name: "add", description: "adds", parameters },
        { type: "web_search_preview" },
      ],
      [add, named("web_search_preview")],
    ],
    ["Anthropic", [{ name: "add", description: "adds", input_schema: parameters }], [add]],
  ])("%s", async (_provider, tools, expected) => {
    const { trace } = await record(() => answerWith({ content: "x" }, { tools }).invoke("hi"));
    expect(trace.data.spans[0]?.attributes["mlflow.chat.tools"]).toEqual(expected);
  });
});

describe("what a provider keeps beside the content is recorded", () => {
  test("the text of a refusal of OpenAI", async () => {
    const refusal = "I cannot help with that.";
    const answer = await answerOf(answerWith({ content: "", additional_kwargs: { refusal } }));
    // MLflow's UI shows no refusals, only contents.
    expect(answer).toMatchObject({ content: refusal, refusal });
  });

  test.each([
    ["DeepSeek", { reasoning_content: "hm" }],
    ["Groq", { reasoning: "hm" }],
    ["the Responses API", { reasoning: { summary: [{ type: "summary_text", text: "hm" }] } }],
  ])("the thoughts of %s", async (_provider, additional_kwargs) => {
    const answer = await answerOf(answerWith({ content: "hello", additional_kwargs }));
    expect(answer).toMatchObject({ content: "hello", reasoning: "hm" });
  });
});

const PAGE = "page ".repeat(8000);

/** Thirty calls of a model, each with all pages so far: 18 million characters. */
async function readPages() {
  const model = answerWith({ content: "ok", usage_metadata: USAGE });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("step", async ({ messages }) => ({
      messages: [await answered(model, messages), new HumanMessage(PAGE)],
    }))
    .addNode("last", async () => ({ messages: [new AIMessage("FINAL ANSWER")] }))
    .addEdge("__start__", "step")
    .addConditionalEdges("step", ({ messages }) => (messages.length < 60 ? "step" : "last"))
    .compile();
  return graph.invoke({ messages: [new HumanMessage("go")] }, { recursionLimit: 100 });
}

/** The reducer replaces messages with the same id. */
async function answered(model: Answering, messages: Parameters<Answering["invoke"]>[0]) {
  const { content, usage_metadata } = await model.invoke(messages);
  return new AIMessage({ content, ...(usage_metadata ? { usage_metadata } : {}) });
}

test("a trace above its limit has the usage, the answers and the end of its conversation", async () => {
  const { trace } = await record(readPages);
  const { spans } = trace.data;
  const models = spans.filter(({ spanType }) => spanType === "CHAT_MODEL");
  expect(models).toHaveLength(30);
  const tokens = JSON.parse(trace.info.traceMetadata["mlflow.trace.tokenUsage"] ?? "");
  expect(tokens.total_tokens).toBe(450);
  expect(trace.info.responsePreview).toBe("FINAL ANSWER");
  for (const { inputs, outputs } of models) {
    expect(outputs).toMatchObject({ choices: [{ message: { content: "ok" } }] });
    expect((inputs as { messages: object[] }).messages[0]).toMatchObject({ content: "go" });
  }
  // The last message that the last call adds is new. Those before it are in earlier spans of the trace.
  const inputs = models.at(-1)?.inputs as { messages: { content: string }[] } | undefined;
  expect(inputs?.messages).toHaveLength(59);
  expect(inputs?.messages.at(-1)?.content).toBe(PAGE);
  expect(inputs?.messages.at(-3)?.content).toMatch(/^page .*\[cut: 39800 of 40000 characters\]$/);
});

const LIMITS = [1, 2, 10, 50, 200, 1000];

test.each(LIMITS)(
  "with every limit at %i, usage, status, session, finish reason and tool calls are right",
  async (limit) => {
    const tool_calls = [{ id: "c1", name: "add", args: { a: 1 }, type: "tool_call" as const }];
    const response_metadata = { finish_reason: "tool_calls" };
    const model = answerWith({ content: "", tool_calls, response_metadata, usage_metadata: USAGE });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("step", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode("fails", async () => {
        throw new Error("broken");
      })
      .addEdge("__start__", "step")
      .addEdge("step", "fails")
      .compile();
    const { traces } = await traced(
      () => graph.invoke({ messages: [] }, { configurable: { thread_id: "t-1" } }),
      {
        ...{ maxStringCharacters: limit, maxValueCharacters: limit },
        ...{ maxValueNodes: limit, maxTraceCharacters: limit },
      },
    );
    const [trace] = traces;
    expect(trace?.info).toMatchObject({
      state: "ERROR",
      traceMetadata: { "mlflow.trace.session": "t-1" },
    });
    const span = trace?.data.spans.find(({ spanType }) => spanType === "CHAT_MODEL");
    expect(span?.attributes["mlflow.chat.tokenUsage"]).toEqual(USAGE);
    expect(span?.status.code).toBe("OK");
    expect(span?.outputs).toMatchObject({
      choices: [
        {
          message: { role: "assistant", tool_calls: [{ id: "c1", function: { name: "add" } }] },
          finish_reason: "tool_calls",
        },
      ],
    });
  },
);

describe("a zod schema among the parameters of a model is recorded as JSON schema", () => {
  const properties = { a: { type: "number", description: "the a" } };
  test.each<[string, object]>([
    ["zod 4", z.object({ a: z.number().describe("the a") })],
    ["zod 3", z3.object({ a: z3.number().describe("the a") })],
  ])("%s", async (_, schema) => {
    const model = answerWith({ content: "x" }, { response_format: schema });
    const { trace } = await record(() => model.invoke("hi", { schema } as object));
    const { attributes } = trace.data.spans[0] ?? {};
    const expected = { type: "object", properties, required: ["a"] };
    expect(attributes).toMatchObject({
      invocation_params: { response_format: expected },
      options: { schema: expected },
    });
  });
});
