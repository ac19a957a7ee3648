import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const modelOf = ({ url }: OpenAiServer, options: { streamUsage?: boolean } = {}) =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "none-needed",
    maxRetries: 0,
    configuration: { baseURL: url },
    ...options,
  });

const system = "You are a helpful assistant that translates English to German.";
const question = [
  { role: "system", content: system },
  { role: "user", content: "I love programming." },
];
const usage = { input_tokens: 21, output_tokens: 6, total_tokens: 27 };

it("answers by script with fixed token counts, at once and streamed", async () => {
  const message = await modelOf(server).invoke(question);
  expect(message.content).toBe("Ich liebe das Programmieren.");
  expect(message.usage_metadata).toMatchObject(usage);
  const pieces: unknown[] = [];
  const chunks = await modelOf(server).stream(question);
  let counted: unknown;
  for await (const chunk of chunks) {
    if (chunk.content) pieces.push(chunk.content);
    counted = chunk.usage_metadata ?? counted;
  }
  expect(pieces).toEqual(["Ich", " liebe", " das", " Programmieren."]);
  expect(counted).toMatchObject(usage);
});

it("reports no usage on a stream if the client does not request it, or if the server is set not to report it", async () => {
  const silent = await startOpenAiServer({ streamUsage: false });
  const streams = [
    modelOf(silent).stream(question),
    modelOf(server, { streamUsage: false }).stream(question),
  ];
  for (const stream of await Promise.all(streams)) {
    for await (const chunk of stream) expect(chunk.usage_metadata).toBeUndefined();
  }
  await silent.close();
});

it("asks for one tool after the other, or two at once, streamed in pieces or not", async () => {
  const tool = { type: "function", function: { name: "search", parameters: { type: "object" } } };
  const model = modelOf(server).bindTools([tool]);
  const one = await model.invoke("How long?");
  expect(one.tool_calls).toMatchObject([
    { id: "call_1", name: "search", args: { query: "top speed of F1 racing car" } },
  ]);
  const two = await model.invoke("PARALLEL How long?");
  expect(two.tool_calls?.map((call) => call.id)).toEqual(["call_1", "call_2"]);
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await model.stream("How long?")) {
    whole = whole ? whole.concat(chunk) : chunk;
  }
  expect(whole?.tool_calls).toMatchObject(one.tool_calls ?? []);
});

it("refuses the requests of its script, and no request succeeds after it is closed", async () => {
  await expect(modelOf(server).invoke("BOOM")).rejects.toThrow("rejected the request: BOOM");
  const other = await startOpenAiServer();
  expect((await fetch(other.url)).status).toBe(200);
  await other.close();
  await expect(fetch(other.url)).rejects.toThrow();
});
