import { describe, expect, it, test } from "vitest";
import type { Plain } from "../../src/data/plain.js";
import { metadataOf, previewOf } from "../../src/trace/preview.js";

describe("a preview", () => {
  const talk = [
    { role: "user", content: "first" },
    { role: "assistant", content: "answer" },
    { role: "user", content: "second" },
  ];
  test.each<[string, Plain, string]>([
    ["the last user's words of messages", { messages: talk }, "second"],
    ["… of input", { input: talk }, "second"],
    ["… of a request", { request: { messages: talk } }, "second"],
    ["the JSON of anything else", { question: "what?" }, '{"question": "what?"}'],
    [
      "the JSON of messages that say nothing",
      { messages: [{ role: "user", content: "" }] },
      '{"messages": [{"role": "user", "content": ""}]}',
    ],
    [
      "the texts of several blocks",
      { messages: [{ role: "user", content: [{ text: "a" }, { image: 1 }, "b"] }] },
      "ab",
    ],
    ["a text as JSON", "x", '"x"'],
  ])("is %s", (_what, value, expected) => {
    expect(previewOf(value, "user")).toBe(expected);
  });

  it("of an output is the last message of the assistant, or the first choice", () => {
    expect(previewOf({ messages: talk }, "assistant")).toBe("answer");
    const graphState = [
      { type: "human", content: "question" },
      { type: "ai", content: "", tool_calls: [] },
      { type: "ai", content: "answer" },
    ];
    expect(previewOf({ messages: graphState }, "assistant")).toBe("answer");
    expect(previewOf({ messages: graphState }, "user")).toBe("question");
    const choices = [{ message: { role: "assistant", content: "yes" } }];
    expect(previewOf({ choices }, "assistant")).toBe("yes");
  });

  it("of undefined is undefined", () => {
    expect(previewOf(undefined, "user")).toBeUndefined();
    expect(metadataOf(undefined)).toBe("");
  });

  it("has at most 1000 characters, and 250 as metadata", () => {
    const long: Plain[] = [
      "x".repeat(5000),
      ["x".repeat(5000)],
      { messages: [{ role: "user", content: "x".repeat(5000) }] },
      Array(1e5).fill(1),
    ];
    for (const value of long) {
      expect(previewOf(value, "user")).toMatch(/^.{997}\.\.\.$/s);
      expect(metadataOf(value)).toMatch(/^.{247}\.\.\.$/s);
    }
    expect(previewOf("x".repeat(998), "user")).toBe(`"${"x".repeat(998)}"`);
    expect(metadataOf("x".repeat(249))).toHaveLength(250);
  });
});
