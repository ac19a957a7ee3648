// Calls the chat model of each provider with messages of each kind. Prints the calls that a provider's package refuses,
// by the name of their span.
import { createServer } from "node:http";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatAnthropic } from "@langchain/anthropic";
import { ChatBedrockConverse } from "@langchain/aws";
import {
  AIMessage,
  ChatMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatGroq } from "@langchain/groq";
import { ChatMistralAI } from "@langchain/mistralai";
import { ChatOllama } from "@langchain/ollama";
import { ChatOpenAI } from "@langchain/openai";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { answerTo } from "./replies.mjs";

let kind = "text";
const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const { type, body } = answerTo(request.url.split("?")[0], kind);
    response.writeHead(200, { "content-type": type }).end(body);
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}`;

const common = { model: "m", maxRetries: 0 };
const key = { apiKey: "not-a-key" };
const openai = { ...common, ...key, configuration: { baseURL: `${url}/v1` } };
const credentials = { accessKeyId: "x", secretAccessKey: "y" };
const aws = { region: "us-east-1", credentials };

const PROVIDERS = {
  OpenAI: (more) => new ChatOpenAI({ ...openai, ...more }),
  "OpenAI Responses": (more) => new ChatOpenAI({ ...openai, useResponsesApi: true, ...more }),
  Anthropic: (more) => new ChatAnthropic({ ...common, ...key, anthropicApiUrl: url, ...more }),
  "Google GenAI": (more) =>
    new ChatGoogleGenerativeAI({
      ...common,
      model: "gemini-2.5-flash",
      ...key,
      baseUrl: url,
      ...more,
    }),
  "Bedrock Converse": (more) =>
    new ChatBedrockConverse({
      ...{ ...common, ...aws },
      client: new BedrockRuntimeClient({
        ...{ ...aws, endpoint: url, maxAttempts: 1 },
        requestHandler: new NodeHttpHandler(),
      }),
      ...more,
    }),
  Ollama: (more) => new ChatOllama({ ...common, baseUrl: url, ...more }),
  Mistral: (more) => new ChatMistralAI({ ...common, ...key, serverURL: `${url}/mistral`, ...more }),
  Groq: (more) => new ChatGroq({ ...common, ...key, baseUrl: `${url}/groq`, ...more }),
};

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGNk+M9AEmAiTfmohlENQ0kDALA0AR8Vxz6zAAAAAElFTkSuQmCC";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
const PDF = "JVBERi0xLjQK";
const question = { type: "text", text: "What is this?" };
const ask = (block) => [new HumanMessage({ content: [question, block] })];
const human = [new HumanMessage("hi")];
const toolCall = { type: "tool_call", id: "call12345", name: "add", args: { a: 1 } };
const tools = [
  {
    type: "function",
    function: {
      name: "add",
      description: "adds",
      parameters: { type: "object", properties: { a: { type: "number" } } },
    },
  },
];

/** By kind of message: the messages, the answer, and options of the model and of the call. */
const KINDS = {
  text: { messages: [new SystemMessage("Be brief."), ...human] },
  "image by address": {
    messages: ask({ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }),
  },
  "image, version 0": {
    messages: ask({ type: "image", source_type: "base64", mime_type: "image/png", data: PNG }),
  },
  "image, version 1": {
    messages: [
      new HumanMessage({
        contentBlocks: [question, { type: "image", mimeType: "image/png", data: PNG }],
      }),
    ],
  },
  "audio, version 0": {
    messages: ask({ type: "audio", source_type: "base64", mime_type: "audio/wav", data: WAV }),
  },
  "audio, version 1": {
    messages: [
      new HumanMessage({
        contentBlocks: [question, { type: "audio", mimeType: "audio/wav", data: WAV }],
      }),
    ],
  },
  document: {
    messages: ask({
      ...{ type: "file", source_type: "base64", mime_type: "application/pdf", data: PDF },
      metadata: { filename: "a.pdf", name: "a" },
    }),
  },
  "another role": { messages: [...human, new ChatMessage("Well.", "critic")] },
  "developer role": {
    messages: [
      new SystemMessage({
        content: "Be brief.",
        additional_kwargs: { __openai_role__: "developer" },
      }),
      ...human,
    ],
  },
  thinking: { messages: human, reply: "thinking" },
  "thinking, version 1": { messages: human, reply: "thinking", model: { outputVersion: "v1" } },
  "thinking in history": {
    messages: [
      ...human,
      new AIMessage({
        content: [
          { type: "thinking", thinking: "hm", signature: "s" },
          { type: "text", text: "hello" },
        ],
      }),
      new HumanMessage("again"),
    ],
  },
  "thinking, streamed": { messages: human, reply: "streamed", streams: true },
  "thinking, streamed, version 1": {
    ...{ messages: human, reply: "streamed", streams: true },
    model: { outputVersion: "v1" },
  },
  "tool call, streamed": {
    ...{ messages: human, reply: "streamed tool call", streams: true },
    options: { tools },
  },
  "tool call": { messages: human, reply: "tool call", options: { tools } },
  "tool call, version 1": {
    messages: human,
    reply: "tool call",
    options: { tools },
    model: { outputVersion: "v1" },
  },
  "invalid tool call": { messages: human, reply: "broken tool call", options: { tools } },
  "tool result": {
    messages: [
      ...human,
      new AIMessage({ content: "", tool_calls: [toolCall] }),
      new ToolMessage({ content: "2", tool_call_id: "call12345", name: "add" }),
    ],
  },
  refusal: { messages: human, reply: "refusal", only: ["OpenAI", "OpenAI Responses"] },
  "spoken answer": { messages: human, reply: "spoken", only: ["OpenAI"] },
};

const refused = {};
for (const [provider, create] of Object.entries(PROVIDERS)) {
  for (const [
    name,
    { messages, reply = "text", model = {}, options = {}, streams, only },
  ] of Object.entries(KINDS)) {
    if (!(only ?? [provider]).includes(provider)) continue;
    kind = reply;
    const runName = `${provider}: ${name}`;
    try {
      const chat = create(model);
      if (streams) for await (const _ of await chat.stream(messages, { runName, ...options }));
      else await chat.invoke(messages, { runName, ...options });
    } catch (error) {
      refused[runName] = `${error.message}`.split("\n")[0];
    }
  }
}
server.close();
server.closeAllConnections();
console.log(JSON.stringify(refused));
