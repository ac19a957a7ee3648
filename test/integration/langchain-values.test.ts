import { Document } from "@langchain/core/documents";
import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatGenerationChunk, GenerationChunk } from "@langchain/core/outputs";
import { ChatPromptValue, StringPromptValue } from "@langchain/core/prompt_values";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { tool } from "@langchain/core/tools";
import { Command, Send } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { createSnapshot } from "../../src/data/snapshot.js";
import { readAllRetrieved, readLangChain } from "../../src/langchain/events/read.js";

const LIMITS = {
  maxStringCharacters: 1e6,
  maxValueCharacters: 1e6,
  maxValueNodes: 1e4,
  maxTraceCharacters: 1e9,
};
const snapshot = createSnapshot(() => LIMITS, readLangChain);
const take = (value: unknown) => snapshot(value, { characters: 0 });

const common = { additional_kwargs: {}, response_metadata: {}, name: null, id: null };
const noCalls = { tool_calls: [], invalid_tool_calls: [] };

describe("messages are what LangChain dumps them as", () => {
  const blocks = [
    { type: "text", text: "Look:" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "tool_use", id: "1", name: "search", input: { query: "x" } },
    { type: "thinking", thinking: "hm", signature: "s" },
  ];
  const call = { name: "search", args: { query: "x" }, id: "1", type: "tool_call" as const };
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };

  test.each<[string, unknown, object]>([
    [
      "human",
      new HumanMessage({ content: "hi", name: "Ann", id: "7" }),
      { content: "hi", type: "human", name: "Ann", id: "7" },
    ],
    ["system", new SystemMessage("be kind"), { content: "be kind", type: "system" }],
    [
      "ai",
      new AIMessage({ content: "yes", tool_calls: [call], usage_metadata: usage } as never),
      { content: "yes", type: "ai", ...noCalls, tool_calls: [call], usage_metadata: usage },
    ],
    [
      "a chunk of ai",
      new AIMessageChunk({
        content: "y",
        tool_call_chunks: [{ name: "s", args: "{", index: 0, id: "1" }],
      }),
      { content: "y", type: "AIMessageChunk" },
    ],
    [
      "tool, with its artifact",
      new ToolMessage({ content: "1", tool_call_id: "1", artifact: { raw: [1] } }),
      { content: "1", type: "tool", tool_call_id: "1", artifact: { raw: [1] }, status: "success" },
    ],
    [
      "a tool's error",
      new ToolMessage({
        content: "Error: sk-abcdefghijklmnop1234",
        tool_call_id: "1",
        status: "error",
      }),
      { content: "Error: [REDACTED]", type: "tool", status: "error" },
    ],
    [
      "a role of one's own",
      new ChatMessage("hm", "critic"),
      { content: "hm", type: "generic", role: "critic" },
    ],
    [
      "function",
      new FunctionMessage({ content: "1", name: "f" }),
      { content: "1", type: "function", name: "f" },
    ],
    ["remove", new RemoveMessage({ id: "7" }), { type: "remove", id: "7" }],
    [
      "with blocks of all kinds",
      new HumanMessage({ content: blocks as never }),
      { content: blocks, type: "human" },
    ],
  ])("%s", (_what, message, expected) => {
    expect(take(message)).toMatchObject({ ...common, ...expected });
    expect(take([[message]])).toEqual([[take(message)]]);
  });

  it("what the app adds to one later does not change it", () => {
    const message = new AIMessage({ content: [{ type: "text", text: "a" }] });
    const before = take(message);
    (message.content as unknown[]).push({ type: "text", text: "b" });
    message.additional_kwargs.later = true;
    expect(before).toMatchObject({ content: [{ type: "text", text: "a" }], additional_kwargs: {} });
  });
});

test.each<[string, unknown, unknown]>([
  [
    "a document",
    new Document({ pageContent: "p", metadata: { page: 1 } }),
    { id: null, metadata: { page: 1 }, page_content: "p", type: "Document" },
  ],
  ["a text prompt", new StringPromptValue("x"), { text: "x" }],
  [
    "a chat prompt",
    new ChatPromptValue([new HumanMessage("x")]),
    { messages: [{ ...common, content: "x", type: "human" }] },
  ],
  [
    "a generation",
    new GenerationChunk({ text: "x", generationInfo: { stop: 1 } }),
    { text: "x", generation_info: { stop: 1 } },
  ],
  [
    "a chat generation",
    new ChatGenerationChunk({ text: "x", message: new AIMessageChunk("x") }),
    { text: "x", message: { content: "x" } },
  ],
  [
    "a plain generation",
    { text: "x", message: new AIMessage("x") },
    { text: "x", message: { content: "x" } },
  ],
  [
    "Send",
    new Send("node", { a: new HumanMessage("x") }),
    { node: "node", arg: { a: { content: "x" } } },
  ],
  [
    "Command",
    new Command({ goto: ["a"], update: { b: 1 } }),
    { graph: null, update: { b: 1 }, resume: null, goto: ["a"] },
  ],
  [
    "an interrupt",
    { __interrupt__: [{ id: "1", value: { ask: "ok?" } }] },
    { __interrupt__: [{ id: "1", value: { ask: "ok?" } }] },
  ],
  [
    "an agent's action",
    { tool: "t", toolInput: { a: 1 }, log: "" },
    { tool: "t", toolInput: { a: 1 }, log: "" },
  ],
])("%s is read", (_what, value, expected) => {
  expect(take(value)).toMatchObject(expected as object);
});

test("a tool, a Runnable and a model are the name of their class, a zod schema is its JSON schema", () => {
  const schema = z.object({ query: z.string() });
  const search = tool(() => "", { name: "search", description: "", schema });
  const prompt = ChatPromptTemplate.fromTemplate("{x}");
  const model = new ChatOpenAI({ apiKey: "sk-planted" });
  const sequence = prompt.pipe(model);
  expect(take([search, schema, prompt, model, sequence])).toEqual([
    { type: "DynamicStructuredTool" },
    expect.objectContaining({ type: "object", properties: { query: { type: "string" } } }),
    { type: "ChatPromptTemplate" },
    { type: "ChatOpenAI" },
    { type: "RunnableSequence" },
  ]);
});

test("what a retriever found is a document, also a bare one; anything else stays", () => {
  expect(readAllRetrieved([{ pageContent: "p", metadata: {} }])).toEqual([
    {
      page_content: "p",
      metadata: {},
      id: null,
    },
  ]);
  expect(readAllRetrieved([null, "x", { text: "y" }])).toEqual([null, "x", { text: "y" }]);
});
