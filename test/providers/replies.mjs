// What the providers answer, in the form of each of their APIs. `kind` is text, thinking, tool call, broken tool call,
// streamed (a thought and a text, as a stream), or streamed tool call.
import { crc32 } from "node:zlib";

const ARGUMENTS = { a: 1 };
const BROKEN = '{"a": ';
const asJson = (kind) => (kind === "broken tool call" ? BROKEN : JSON.stringify(ARGUMENTS));
const callsTool = (kind) => kind.endsWith("tool call");
const thinks = (kind) => kind === "thinking" || kind === "streamed";
const TEXT = "hello";
const THOUGHT = "hm";

/** OpenAI's chat completions, which Groq and Mistral have taken over, each with its own field for thoughts. */
function completion(kind, thought) {
  const call = {
    id: "call12345",
    type: "function",
    function: { name: "add", arguments: asJson(kind) },
  };
  const message = callsTool(kind)
    ? { role: "assistant", content: "", tool_calls: [call] }
    : { role: "assistant", content: TEXT, ...(thinks(kind) ? thought : {}) };
  const finish_reason = callsTool(kind) ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return {
    ...{ id: "c-1", object: "chat.completion", created: 1, model: "m", usage },
    choices: [{ index: 0, message, finish_reason }],
  };
}

const serverEvents = (values) =>
  values.map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`);

/** The same as a stream of chunks: the thought, the text or the call in two parts, the end and the usage. Mistral sends a call whole. */
function completionChunks(kind, thought, isWholeCall = false) {
  const { usage, choices, ...rest } = completion(kind, {});
  const chunk = (delta, finish_reason = null) => ({
    ...{ ...rest, object: "chat.completion.chunk" },
    choices: [{ index: 0, delta, finish_reason }],
  });
  const [call] = choices[0].message.tool_calls ?? [];
  const part = (fields) => chunk({ tool_calls: [{ index: 0, ...fields }] });
  const said = callsTool(kind)
    ? isWholeCall
      ? [part(call)]
      : [
          part({ ...call, function: { name: "add", arguments: '{"a"' } }),
          part({ function: { name: "", arguments: ": 1}" } }),
        ]
    : [chunk(thought), chunk({ content: TEXT.slice(0, 2) }), chunk({ content: TEXT.slice(2) })];
  const end = { ...chunk({}, choices[0].finish_reason), usage, x_groq: { id: "r", usage } };
  const start = chunk({ role: "assistant", content: "" });
  return {
    type: "text/event-stream",
    body: serverEvents([start, ...said, end, "[DONE]"]).join(""),
  };
}

/** A stream of the Responses API. */
function responsesEvents(kind) {
  const response = responsesAnswer(kind);
  const started = { ...response, status: "in_progress", output: [], usage: null };
  const events = [{ type: "response.created", response: started }];
  response.output.forEach((item, output_index) => {
    const at = { item_id: item.id, output_index };
    if (item.type === "reasoning") {
      const part = { type: "summary_text", text: "" };
      events.push(
        ...[
          { type: "response.output_item.added", output_index, item: { ...item, summary: [] } },
          { type: "response.reasoning_summary_part.added", ...at, summary_index: 0, part },
          {
            type: "response.reasoning_summary_text.delta",
            ...at,
            summary_index: 0,
            delta: THOUGHT,
          },
        ],
      );
    } else if (item.type === "function_call") {
      const added = { ...item, arguments: "" };
      events.push(
        { type: "response.output_item.added", output_index, item: added },
        { type: "response.function_call_arguments.delta", ...at, delta: item.arguments },
      );
    } else {
      const added = { ...item, content: [] };
      events.push(
        { type: "response.output_item.added", output_index, item: added },
        { type: "response.output_text.delta", ...at, content_index: 0, delta: TEXT },
      );
    }
    events.push({ type: "response.output_item.done", output_index, item });
  });
  events.push({ type: "response.completed", response });
  const body = events.map((event) => `event: ${event.type}\n${serverEvents([event])[0]}`).join("");
  return { type: "text/event-stream", body };
}

function openAiAnswer(kind) {
  if (kind === "spoken") {
    const answer = completion("text", {});
    const audio = { id: "a", data: "UklGRg==", transcript: "spoken words", expires_at: 1 };
    answer.choices[0].message = { role: "assistant", content: null, audio };
    return answer;
  }
  if (kind === "refusal") {
    const answer = completion("text", {});
    answer.choices[0].message = { role: "assistant", content: null, refusal: "I cannot." };
    return answer;
  }
  return completion(kind, { reasoning_content: THOUGHT });
}

function responsesAnswer(kind) {
  const text = {
    ...{ type: "message", id: "msg_1", role: "assistant", status: "completed" },
    content: [{ type: "output_text", text: TEXT, annotations: [] }],
  };
  const refusal = { ...text, content: [{ type: "refusal", refusal: "I cannot." }] };
  const summary = [{ type: "summary_text", text: THOUGHT }];
  const call = {
    ...{ type: "function_call", id: "fc_1", call_id: "call_1", name: "add", status: "completed" },
    arguments: asJson(kind),
  };
  const details = {
    input_tokens_details: { cached_tokens: 1 },
    output_tokens_details: { reasoning_tokens: 2 },
  };
  const output = [
    ...(thinks(kind) ? [{ type: "reasoning", id: "rs_1", summary }] : []),
    callsTool(kind) ? call : kind === "refusal" ? refusal : text,
  ];
  return {
    ...{ id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed" },
    ...{ error: null, incomplete_details: null, output, parallel_tool_calls: true, tools: [] },
    usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7, ...details },
  };
}

function anthropicAnswer(kind) {
  const thought = { type: "thinking", thinking: THOUGHT, signature: "s" };
  const call = { type: "tool_use", id: "toolu_1", name: "add", input: ARGUMENTS };
  return {
    ...{ id: "msg_1", type: "message", role: "assistant", model: "m", stop_sequence: null },
    content: [
      ...(thinks(kind) ? [thought] : []),
      callsTool(kind) ? call : { type: "text", text: TEXT },
    ],
    stop_reason: callsTool(kind) ? "tool_use" : "end_turn",
    usage: { input_tokens: 3, output_tokens: 2 },
  };
}

function anthropicEvents(kind) {
  const message = { ...anthropicAnswer("text"), content: [], stop_reason: null };
  const block = (index, content_block, delta) => [
    { type: "content_block_start", index, content_block },
    { type: "content_block_delta", index, delta },
    { type: "content_block_stop", index },
  ];
  return [
    { type: "message_start", message },
    ...(callsTool(kind)
      ? block(
          0,
          { type: "tool_use", id: "toolu_1", name: "add", input: {} },
          { type: "input_json_delta", partial_json: asJson(kind) },
        )
      : [
          ...block(
            0,
            { type: "thinking", thinking: "", signature: "" },
            { type: "thinking_delta", thinking: THOUGHT },
          ),
          ...block(1, { type: "text", text: "" }, { type: "text_delta", text: TEXT }),
        ]),
    {
      type: "message_delta",
      delta: { stop_reason: anthropicAnswer(kind).stop_reason, stop_sequence: null },
      usage: { output_tokens: 2 },
    },
    { type: "message_stop" },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
}

function geminiAnswer(kind) {
  const parts = callsTool(kind)
    ? [{ functionCall: { name: "add", args: ARGUMENTS } }]
    : [...(thinks(kind) ? [{ text: THOUGHT, thought: true }] : []), { text: TEXT }];
  return {
    candidates: [{ index: 0, finishReason: "STOP", content: { role: "model", parts } }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  };
}

function bedrockAnswer(kind) {
  const thought = { reasoningContent: { reasoningText: { text: THOUGHT, signature: "s" } } };
  const call = { toolUse: { toolUseId: "tooluse_1", name: "add", input: ARGUMENTS } };
  const content = [...(thinks(kind) ? [thought] : []), callsTool(kind) ? call : { text: TEXT }];
  return {
    output: { message: { role: "assistant", content } },
    stopReason: callsTool(kind) ? "tool_use" : "end_turn",
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    metrics: { latencyMs: 1 },
  };
}

/** Amazon's event stream: lengths, headers, payload and checksums. */
function bedrockEvents(kind) {
  const block = (contentBlockIndex, delta, start) => [
    ...(start ? [amazonEvent("contentBlockStart", { contentBlockIndex, start })] : []),
    amazonEvent("contentBlockDelta", { contentBlockIndex, delta }),
    amazonEvent("contentBlockStop", { contentBlockIndex }),
  ];
  const start = { toolUse: { toolUseId: "tooluse_1", name: "add" } };
  return Buffer.concat([
    amazonEvent("messageStart", { role: "assistant" }),
    ...(callsTool(kind)
      ? block(0, { toolUse: { input: asJson(kind) } }, start)
      : [...block(0, { reasoningContent: { text: THOUGHT } }), ...block(1, { text: TEXT })]),
    amazonEvent("messageStop", { stopReason: bedrockAnswer(kind).stopReason }),
    amazonEvent("metadata", {
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      metrics: { latencyMs: 1 },
    }),
  ]);
}

function amazonEvent(type, value) {
  const names = {
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  };
  const headers = Buffer.concat(
    Object.entries(names).flatMap(([name, text]) => [
      Buffer.from([name.length]),
      Buffer.from(name),
      Buffer.from([7, 0, text.length]),
      Buffer.from(text),
    ]),
  );
  const payload = Buffer.from(JSON.stringify(value));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, sum]);
}

function ollamaAnswer(kind) {
  const call = { function: { name: "add", arguments: ARGUMENTS } };
  const message = callsTool(kind)
    ? { role: "assistant", content: "", tool_calls: [call] }
    : { role: "assistant", content: TEXT, ...(thinks(kind) ? { thinking: THOUGHT } : {}) };
  return {
    ...{ model: "m", created_at: "2025-01-01T00:00:00Z", message, done: true, done_reason: "stop" },
    ...{ prompt_eval_count: 3, eval_count: 2, total_duration: 1, load_duration: 1 },
  };
}

/** One line of JSON for each part of the answer. */
function ollamaLines(kind) {
  const { message, ...end } = ollamaAnswer(kind);
  const line = (fields, rest = { model: "m", created_at: end.created_at, done: false }) =>
    `${JSON.stringify({ ...rest, message: { role: "assistant", content: "", ...fields } })}\n`;
  const said = callsTool(kind)
    ? [line({ tool_calls: message.tool_calls })]
    : [line({ thinking: THOUGHT }), line({ content: TEXT })];
  return { type: "application/x-ndjson", body: [...said, line({}, end)].join("") };
}

const MISTRAL_THOUGHT = { type: "thinking", thinking: [{ type: "text", text: THOUGHT }] };

function mistralAnswer(kind) {
  const thought = MISTRAL_THOUGHT;
  return completion(kind, { content: [thought, { type: "text", text: TEXT }] });
}

const json = (value) => ({ type: "application/json", body: JSON.stringify(value) });

/** The answer to a request, by the end of its path. */
export function answerTo(path, kind) {
  return kind.startsWith("streamed") ? streamTo(path, kind) : wholeAnswerTo(path, kind);
}

function streamTo(path, kind) {
  if (path.endsWith("/responses")) return responsesEvents(kind);
  if (path.endsWith("/messages")) return { type: "text/event-stream", body: anthropicEvents(kind) };
  if (path.includes(":streamGenerateContent")) {
    return { type: "text/event-stream", body: serverEvents([geminiAnswer(kind)]).join("") };
  }
  if (path.endsWith("/converse-stream")) {
    return { type: "application/vnd.amazon.eventstream", body: bedrockEvents(kind) };
  }
  if (path.endsWith("/api/chat")) return ollamaLines(kind);
  if (path.startsWith("/groq")) return completionChunks(kind, { reasoning: THOUGHT });
  if (path.startsWith("/mistral"))
    return completionChunks(kind, { content: [MISTRAL_THOUGHT] }, true);
  return completionChunks(kind, { reasoning_content: THOUGHT });
}

function wholeAnswerTo(path, kind) {
  if (path.endsWith("/responses")) return json(responsesAnswer(kind));
  if (path.endsWith("/messages")) return json(anthropicAnswer(kind));
  if (path.includes(":generateContent")) return json(geminiAnswer(kind));
  if (path.endsWith("/converse")) return json(bedrockAnswer(kind));
  if (path.endsWith("/api/chat")) return json(ollamaAnswer(kind));
  if (path.startsWith("/groq")) return json(completion(kind, { reasoning: THOUGHT }));
  if (path.startsWith("/mistral")) return json(mistralAnswer(kind));
  return json(openAiAnswer(kind));
}
