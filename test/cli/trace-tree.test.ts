import { describe, expect, it } from "vitest";
import { renderTrace } from "../../src/cli/trace-tree.js";
import { spanStatus } from "../../src/trace/span.js";
import { span, trace, translation } from "./traces-of-tests.js";

const treeOf = (text: string) => text.split("\n\n")[1]?.split("\n") ?? [];

describe("renderTrace", () => {
  it("draws the spans as a tree with types, durations and tokens, children in the order they started", () => {
    expect(renderTrace(translation)).toBe(
      [
        "tr-00000000000000000000000000000001 · OK · 16 ms · 27 tokens (21 in, 6 out) · session t-1 · 2026-11-23 19:52:12",
        'in  {"input": "I love programming."}',
        'out "Ich liebe das Programmieren."',
        "",
        "RunnableSequence       CHAIN        16 ms",
        "├─ ChatPromptTemplate  CHAIN         1 ms",
        "├─ ChatOpenAI          CHAT_MODEL   12 ms  27 tokens (21 in, 6 out)",
        "└─ StringOutputParser  CHAIN       0.4 ms",
      ].join("\n"),
    );
  });

  it("draws a line below a branch with later siblings", () => {
    const spans = [
      span("a", undefined, "LangGraph", "CHAIN", 0, 9),
      span("b", "a", "tools", "CHAIN", 1, 3),
      span("c", "b", "search", "TOOL", 2, 1),
      span("d", "a", "model", "CHAIN", 5, 3),
      span("e", "d", "ChatOpenAI", "CHAT_MODEL", 6, 1),
    ];
    const labels = treeOf(renderTrace(trace(spans))).map((line) => line.split(/ {2,}[A-Z]/)[0]);
    expect(labels).toEqual([
      "LangGraph",
      "├─ tools",
      "│  └─ search",
      "└─ model",
      "   └─ ChatOpenAI",
    ]);
  });

  it("shows how a span failed or was abandoned, and the time of its first token", () => {
    const status = spanStatus("ERROR", "400 refused\nby the provider");
    const spans = [
      span("a", undefined, "RunnableSequence", "CHAIN", 0, 9, { status }),
      span("b", "a", "ChatOpenAI", "CHAT_MODEL", 1, 3, {
        attributes: { "langchain.end": "cancelled", "langchain.first_token_ms": 1.6 },
      }),
    ];
    const lines = treeOf(renderTrace(trace(spans, { state: "ERROR" })));
    expect(lines[0]).toMatch(/ERROR 400 refused by the provider$/);
    expect(lines[1]).toMatch(/ first after 2 ms {2}cancelled$/);
  });

  it("shows every span of a broken trace: without its parent, or in a circle", () => {
    const spans = [
      span("a", "lost", "orphan", "CHAIN", 0, 1),
      span("b", "c", "egg", "CHAIN", 1, 1),
      span("c", "b", "hen", "CHAIN", 2, 1),
    ];
    const text = renderTrace(trace(spans));
    expect(text).toContain("\norphan");
    expect(text).toContain("\negg");
    expect(text).toContain("└─ hen");
    expect(treeOf(renderTrace(trace([])))).toEqual([]);
  });

  it("draws a thousand levels", () => {
    const spans = Array.from({ length: 1000 }, (_, index) =>
      span(`s${index}`, index ? `s${index - 1}` : undefined, "step", "CHAIN", index, 1),
    );
    expect(treeOf(renderTrace(trace(spans)))).toHaveLength(1000);
  });

  it("removes control characters from names", () => {
    const evil = "\u001b[2J\u001b[31mname\r\n\u009b1mred\u202e\u0007";
    const text = renderTrace(trace([span("a", undefined, evil, evil, 0, 1)]));
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("name red");
  });

  it("adds colours on request, and no other change", () => {
    const coloured = renderTrace(translation, { colours: true });
    expect(coloured).toContain("\u001b[");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(renderTrace(translation));
    expect(renderTrace(translation)).not.toContain("\u001b");
  });

  it("cuts previews and remarks to the width of the terminal", () => {
    const message = "x".repeat(300);
    const failed = span("a", undefined, "chain", "CHAIN", 0, 1, {
      status: spanStatus("ERROR", message),
    });
    const lines = renderTrace(trace([failed], { requestPreview: message }), {
      columns: 80,
    }).split("\n");
    expect(lines.slice(1).map((line) => line.length)).toEqual([80, 0, 80]);
  });
});
