import { describe, expect, it } from "vitest";
import { renderTraceList } from "../../src/cli/trace-list.js";
import { trace, translation } from "./traces-of-tests.js";

describe("renderTraceList", () => {
  it("renders a trace as a line: id, time, state, duration, tokens, name and previews", () => {
    const bare = trace([], { state: "ERROR", executionDuration: 1234, tags: {} });
    expect(renderTraceList([translation.info, bare.info]).split("\n")).toEqual([
      "TRACE                                TIME                 STATE  DURATION  TOKENS  NAME              REQUEST → RESPONSE",
      'tr-00000000000000000000000000000001  2026-11-23 19:52:12  OK        16 ms      27  RunnableSequence  {"input": "I love programmi… → "Ich liebe das Programmiere…',
      "tr-00000000000000000000000000000001  2026-11-23 19:52:12  ERROR     1.2 s       -  -",
    ]);
  });

  it("fits the terminal if there is room for a preview", () => {
    const lines = renderTraceList([translation.info], { columns: 150 }).split("\n");
    expect(lines[1]?.length).toBeLessThanOrEqual(150);
  });
});
