import { describe, expect, it, test } from "vitest";
import type { Plain, PlainObject } from "../../../src/data/plain.js";
import { toChatMessage } from "../../../src/langchain/chat/message.js";

const empty = { tool_calls: null, refusal: null, tool_call_id: null };

describe("a message in the form MLflow shows", () => {
  test.each<[string, Plain, object]>([
    ["human", { type: "human", content: "x" }, { ...empty, role: "user", content: "x" }],
    ["ai", { type: "ai", content: "x" }, { ...empty, role: "assistant", content: "x" }],
    [
      "a chunk",
      { type: "AIMessageChunk", content: "x" },
      { ...empty, role: "assistant", content: "x" },
    ],
    [
      "an unknown role, which becomes a text mark",
      { type: "generic", role: "critic", content: "x" },
      { ...empty, role: "user", content: "[role: critic] x" },
    ],
    ["developer", { type: "developer", content: "x" }, { ...empty, role: "system", content: "x" }],
    ["a function", { type: "function", content: "x" }, { ...empty, role: "tool", content: "x" }],
    [
      "tool",
      { type: "tool", content: "x", tool_call_id: "1" },
      { ...empty, role: "tool", content: "x", tool_call_id: "1" },
    ],
    [
      "a refusal, which the UI shows only as content",
      { type: "ai", content: "", additional_kwargs: { refusal: "no" } },
      { ...empty, role: "assistant", content: "no", refusal: "no" },
    ],
    [
      "a refusal of the Responses API",
      { type: "ai", content: [{ type: "refusal", refusal: "no" }] },
      { ...empty, role: "assistant", content: "no", refusal: "no" },
    ],
    ["without content", { type: "human" }, { ...empty, role: "user", content: null }],
  ])("%s", (_what, message, expected) => {
    expect(toChatMessage(message)).toEqual(expected);
  });

  it("has its tool calls, those with broken arguments too, and not twice", () => {
    const message = {
      type: "ai",
      content: [
        { type: "text", text: "a" },
        { type: "tool_use", id: "1" },
      ],
      tool_calls: [{ id: "1", name: "f", args: { x: 1 } }],
      invalid_tool_calls: [
        { id: "2", name: "g", args: '{"x"', error: "Malformed args." },
        { error: "No name." },
      ],
    };
    expect(toChatMessage(message)).toMatchObject({
      content: [{ type: "text", text: "a" }],
      tool_calls: [
        { id: "1", type: "function", function: { name: "f", arguments: '{"x": 1}' } },
        { id: "2", function: { name: "g", arguments: '{"x"' }, error: "Malformed args." },
        { id: "call_2", function: { name: "[missing name]", arguments: "" }, error: "No name." },
      ],
    });
    expect(
      toChatMessage({ type: "ai", content: "", tool_calls: message.tool_calls }),
    ).toMatchObject({
      content: null,
    });
  });

  it("is undefined where there is no message", () => {
    expect(["x", null, undefined, [1]].map((value) => toChatMessage(value))).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it("has the transcript and the recording of a spoken answer", () => {
    const audio = { id: "a", data: "UklGRg==", transcript: "spoken words" };
    const message = { type: "ai", content: "", additional_kwargs: { audio } };
    expect(toChatMessage(message)?.content).toEqual([
      { type: "text", text: "spoken words" },
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
    ]);
    const unknown = { ...audio, data: "AAAA" };
    const inFormat = (format: string) =>
      toChatMessage({ ...message, additional_kwargs: { audio: unknown } }, format)?.content;
    expect(inFormat("mp3")).toMatchObject([{}, { input_audio: { data: "AAAA", format: "mp3" } }]);
    expect(inFormat("pcm16")).toMatchObject([{}, { text: "[audio: audio/pcm16, 3 bytes]" }]);
  });
});

const PNG = "iVBORw0KGgo=";
const image = (url: string, detail?: string) => ({
  content: [{ type: "image_url", image_url: { url, ...(detail ? { detail } : {}) } }],
});
const dataUrl = image(`data:image/png;base64,${PNG}`);
const sound = {
  content: [{ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }],
};
const thought = { content: [], reasoning: "hm" };
const mark = (text: string) => ({ content: [{ type: "text", text }] });
const calls = {
  content: null,
  tool_calls: [{ id: "1", function: { name: "f", arguments: '{"x": 1}' } }],
};

describe("a content block in the form MLflow shows", () => {
  test.each<[string, PlainObject, object]>([
    ["a text", { type: "text", text: "x" }, mark("x")],
    ["a text of the Responses API", { type: "output_text", text: "x" }, mark("x")],
    ["a text of Gemini", { text: "x" }, mark("x")],

    ["thinking", { type: "thinking", thinking: "hm", signature: "s" }, thought],
    ["Mistral's", { type: "thinking", thinking: [{ type: "text", text: "hm" }] }, thought],
    ["LangChain's", { type: "reasoning", reasoning: "hm" }, thought],
    ["the Responses API's", { type: "reasoning", summary: [{ text: "hm" }] }, thought],
    ["Bedrock's", { type: "reasoning_content", reasoningText: { text: "hm" } }, thought],
    ["Gemini's", { type: "text", text: "hm", thought: true }, thought],
    [
      "encrypted",
      { type: "redacted_thinking", data: "x" },
      { reasoning: "[redacted by the provider]" },
    ],

    ["an image", { type: "image_url", image_url: "https://a/b.png" }, image("https://a/b.png")],
    [
      "with a detail",
      { type: "image_url", image_url: { url: "https://a/b.png", detail: "high" } },
      image("https://a/b.png", "high"),
    ],
    [
      "with another detail",
      { type: "image_url", image_url: { url: "u", detail: "x" } },
      image("u"),
    ],
    [
      "the Responses API's",
      { type: "input_image", image_url: "https://a/b" },
      image("https://a/b"),
    ],
    [
      "Anthropic's",
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      dataUrl,
    ],
    [
      "by address",
      { type: "image", source: { type: "url", url: "https://a/b" } },
      image("https://a/b"),
    ],
    [
      "LangChain's, version 0",
      { type: "image", source_type: "base64", mime_type: "image/png", data: PNG },
      dataUrl,
    ],
    ["LangChain's, version 1", { type: "image", mimeType: "image/png", data: PNG }, dataUrl],
    [
      "as bytes",
      { type: "image", mimeType: "image/png", data: Buffer.from(PNG, "base64") },
      dataUrl,
    ],
    [
      "Bedrock's",
      { image: { format: "png", source: { bytes: Buffer.from(PNG, "base64") } } },
      dataUrl,
    ],
    ["Gemini's", { type: "media", mimeType: "image/png", data: PNG }, dataUrl],
    ["Gemini's own", { inlineData: { mimeType: "image/png", data: PNG } }, dataUrl],
    ["generated", { type: "image_generation_call", result: PNG, output_format: "png" }, dataUrl],
    ["stored by the provider", { type: "image", fileId: "file-1" }, mark("[image: file-1]")],

    [
      "a recording",
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
      sound,
    ],
    [
      "LangChain's, version 0",
      { type: "audio", source_type: "base64", mime_type: "audio/x-wav", data: "UklGRg==" },
      sound,
    ],
    ["version 1", { type: "audio", mimeType: "audio/wav", data: "UklGRg==" }, sound],
    [
      "in a format that the UI does not play",
      { type: "audio", mimeType: "audio/ogg", data: "AAAA" },
      mark("[audio: audio/ogg, 3 bytes]"),
    ],

    [
      "a file",
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
      mark("[file: a.pdf, application/pdf, 3 bytes]"),
    ],
    [
      "LangChain's",
      { type: "file", mimeType: "application/pdf", data: "AAAA", metadata: { filename: "a.pdf" } },
      mark("[file: a.pdf, application/pdf, 3 bytes]"),
    ],
    [
      "Anthropic's document",
      {
        type: "document",
        title: "A",
        source: { type: "text", media_type: "text/plain", data: "x" },
      },
      mark("[document: A, text/plain]\nx"),
    ],
    [
      "Bedrock's document",
      { document: { name: "a", format: "pdf", source: { bytes: Buffer.alloc(3) } } },
      mark("[document: a, pdf, 3 bytes]"),
    ],
    ["a video", { type: "video", url: "https://a/b.mp4" }, mark("[video: https://a/b.mp4]")],

    ["a tool call", { type: "tool_call", id: "1", name: "f", args: { x: 1 } }, calls],
    ["Anthropic's", { type: "tool_use", id: "1", name: "f", input: { x: 1 } }, calls],
    ["Bedrock's", { toolUse: { toolUseId: "1", name: "f", input: { x: 1 } } }, calls],
    [
      "the Responses API's",
      { type: "function_call", id: "fc", call_id: "1", name: "f", arguments: '{"x": 1}' },
      calls,
    ],
    [
      "Gemini's",
      { functionCall: { name: "f", args: { x: 1 } } },
      { content: null, tool_calls: [{ id: "call_0", function: { name: "f" } }] },
    ],
    [
      "a tool's result",
      { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "x" }] },
      { content: [{ text: "[tool_result 1]" }, { text: "x" }] },
    ],
    [
      "a tool that the provider runs",
      { type: "server_tool_use", id: "1", name: "web_search", input: { query: "x" } },
      mark('[server_tool_use] {"id": "1", "name": "web_search", "input": {"query": "x"}}'),
    ],
    [
      "a block of another provider",
      { type: "non_standard", value: { type: "thinking", thinking: "hm" } },
      thought,
    ],
    ["an unknown block", { type: "new", x: 1 }, mark('[new] {"x": 1}')],
    ["a block without a type", { x: 1 }, mark('[x] {"x": 1}')],
  ])("%s", (_what, block, expected) => {
    expect(toChatMessage({ type: "ai", content: [block] })).toMatchObject({
      role: "assistant",
      ...expected,
    });
  });

  it("keeps the block itself beside a text mark", () => {
    const block = { type: "new", x: 1 };
    expect(toChatMessage({ type: "ai", content: [block] })?.content).toMatchObject([
      { type: "text", original: block },
    ]);
  });

  it("is a text where the list has a text", () => {
    expect(toChatMessage({ type: "human", content: ["x"] })?.content).toEqual([
      { type: "text", text: "x" },
    ]);
  });
});

it("joins the texts that LangChain streamed after a thought, in an answer only", () => {
  const content = [
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "he" },
    { type: "text", text: "llo" },
  ];
  expect(toChatMessage({ type: "ai", content })).toMatchObject({
    content: [{ type: "text", text: "hello" }],
    reasoning: "hm",
  });
  expect(toChatMessage({ type: "human", content: content.slice(1) })).toMatchObject({
    content: content.slice(1),
  });
});
