import { describe, expect, it, test } from "vitest";
import type { Plain } from "../../../src/data/plain.js";
import { toChatMessage, toChatMessages, toChatTools } from "../../../src/langchain/events/chat.js";

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
      "a role of one's own",
      { type: "generic", role: "critic", content: "x" },
      { ...empty, role: "critic", content: "x" },
    ],
    [
      "tool",
      { type: "tool", content: "x", tool_call_id: "1" },
      { ...empty, role: "tool", content: "x", tool_call_id: "1" },
    ],
    [
      "a refusal",
      { type: "ai", content: "", additional_kwargs: { refusal: "no" } },
      { ...empty, role: "assistant", content: "", refusal: "no" },
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
      invalid_tool_calls: [{ id: "2", name: "g", args: '{"x"' }],
    };
    expect(toChatMessage(message)).toMatchObject({
      content: [{ type: "text", text: "a" }],
      tool_calls: [
        { id: "1", type: "function", function: { name: "f", arguments: '{"x": 1}' } },
        { id: "2", type: "function", function: { name: "g", arguments: '{"x"' } },
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
    expect(toChatMessages([{ type: "human", content: "x" }, "y"])).toBeUndefined();
    expect(toChatMessages("x")).toBeUndefined();
  });
});

test("tools are described in OpenAI's form; of others name and description are kept", () => {
  const parameters = { type: "object", properties: {} };
  expect(
    toChatTools([
      { type: "function", function: { name: "f", description: "d", parameters } },
      { name: "g", input_schema: parameters },
      "h",
    ]),
  ).toEqual([
    { type: "function", function: { name: "f", description: "d", parameters } },
    { type: "function", function: { name: "g" } },
  ]);
  expect([toChatTools([]), toChatTools(undefined)]).toEqual([undefined, undefined]);
});
