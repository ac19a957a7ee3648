// A small OpenAI-compatible server with scripted answers, to run the examples without an API key.
// Its answers and token counts never change, so the traces of the examples can be compared.
// Alone:      node examples/openai-server.mjs [port]
// In a test:  const server = await startOpenAiServer();  server.url;  await server.close();
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { decide } from "./openai-script.mjs";

// ChatOpenAI uses the id of a completion as the id of the message: a repeated id would replace a message.
let completions = 0;
const completionHead = () => ({
  id: `chatcmpl-mock${++completions}`,
  created: 1_700_000_000,
  system_fingerprint: "fp_mock",
});

/**
 * Listens on 127.0.0.1. `port` 0, the default, takes a free one; `streamUsage: false` makes a server
 * that reports no token usage for streams, as many servers do. `url` is the value for OPENAI_BASE_URL.
 */
export async function startOpenAiServer({ port = 0, streamUsage = true } = {}) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    answer(request, response, streamUsage).catch((error) =>
      sendJson(response, 500, { error: { message: String(error) } }),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    calls: () => calls,
    url: `http://127.0.0.1:${server.address().port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request, response, streamUsage) {
  if (request.method !== "POST") return sendJson(response, 200, { object: "list", data: [] });
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString("utf8"));
  if (!request.url.endsWith("/chat/completions")) {
    return sendJson(response, 404, { error: { message: `no ${request.url} here` } });
  }
  const reply = decide(body);
  if (reply.error) return sendJson(response, 400, { error: reply.error });
  const model = body.model === "gpt-4o" ? "gpt-4o-2024-08-06" : body.model;
  if (!body.stream) return sendJson(response, 200, completion(model, reply));
  const wantsUsage = streamUsage && body.stream_options?.include_usage === true;
  sendStream(response, chunks(model, reply, wantsUsage));
}

function completion(model, { content, toolCalls, usage, finishReason }) {
  const message = { role: "assistant", content, refusal: null };
  if (toolCalls) message.tool_calls = toolCalls;
  const choice = { index: 0, message, finish_reason: finishReason, logprobs: null };
  return { ...completionHead(), object: "chat.completion", model, choices: [choice], usage };
}

function* chunks(model, { content, toolCalls, usage, finishReason }, wantsUsage) {
  const base = { ...completionHead(), object: "chat.completion.chunk", model };
  const chunk = (delta, reason = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason: reason, logprobs: null }],
    usage: null,
  });
  yield chunk({ role: "assistant", content: "" });
  for (const word of content?.match(/ ?[^ ]+/g) ?? []) yield chunk({ content: word });
  for (const [index, call] of (toolCalls ?? []).entries()) {
    const { name, arguments: text } = call.function;
    const half = text.length >> 1;
    yield chunk({ tool_calls: [{ ...call, index, function: { name, arguments: "" } }] });
    yield chunk({ tool_calls: [{ index, function: { arguments: text.slice(0, half) } }] });
    yield chunk({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] });
  }
  yield chunk({}, finishReason);
  if (wantsUsage) yield { ...base, choices: [], usage };
}

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function sendStream(response, events) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.end("data: [DONE]\n\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startOpenAiServer({ port: Number(process.argv[2] ?? 0) });
  console.log(`OPENAI_BASE_URL=${url}`);
}
