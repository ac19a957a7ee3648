import { describe, expect, it } from "vitest";
import { allowedBy } from "./allowed-differences.js";
import { type CanonicalTrace, fromPython, fromRest } from "./canonical.js";
import { compareTraces, pairTraces, rename } from "./compare.js";
import { goldenTraces } from "./golden-data.js";

const [golden] = goldenTraces("s1_chain_openai") as [CanonicalTrace];

/** The golden trace with one span changed. */
function withSpan(label: string, change: object): CanonicalTrace {
  const spans = golden.spans.map((span) => (span.label === label ? { ...span, ...change } : span));
  return { ...golden, spans };
}

describe("the golden comparison", () => {
  it("finds a trace equal to itself, in whatever order its spans were stored", () => {
    expect(golden.spans.map((span) => span.label)).toEqual([
      ...["RunnableSequence#1", "ChatPromptTemplate#1", "ChatOpenAI#1", "StrOutputParser#1"],
    ]);
    expect(compareTraces(golden, golden)).toEqual([]);
    const turned = { ...golden, spans: golden.spans.toReversed() };
    expect(compareTraces(turned, golden)).toEqual([]);
  });

  it("reports what differs, where, and both values", () => {
    const ours = withSpan("ChatOpenAI#1", { type: "LLM", parent: "ChatPromptTemplate#1" });
    expect(compareTraces(ours, golden)).toEqual([
      {
        path: "spans/ChatOpenAI#1/parent",
        ours: "ChatPromptTemplate#1",
        golden: "RunnableSequence#1",
      },
      { path: "spans/ChatOpenAI#1/type", ours: "LLM", golden: "CHAT_MODEL" },
    ]);
  });

  it("reports a span too few and a span too many", () => {
    const ours = { ...golden, spans: golden.spans.slice(0, 3) };
    const expected = "CHAIN StrOutputParser#1 under RunnableSequence#1";
    const path = "spans/StrOutputParser#1";
    expect(compareTraces(ours, golden)).toEqual([{ path, golden: expected, ours: undefined }]);
    expect(compareTraces(golden, ours)).toEqual([{ path, golden: undefined, ours: expected }]);
  });

  it("sees deep into values: keys that are missing, and null that is not absent", () => {
    const [span] = golden.spans;
    const attributes = { ...span?.attributes, extra: null, "mlflow.spanLogLevel": 20 };
    expect(compareTraces(withSpan("RunnableSequence#1", { attributes }), golden)).toEqual([
      { path: "spans/RunnableSequence#1/attributes/mlflow.spanLogLevel", ours: 20, golden: 10 },
      { path: "spans/RunnableSequence#1/attributes/extra", ours: null, golden: undefined },
    ]);
  });

  it("renames by the table and returns the entries that matched", () => {
    const used: string[] = [];
    const entry = { golden: "StrOutputParser", ours: "StringOutputParser", reason: "" };
    const idle = { golden: "Nothing", ours: "Something", reason: "" };
    const renamed = rename(golden, [entry, idle], ({ golden: name }) => used.push(name));
    expect(renamed.spans.at(-1)).toMatchObject({
      name: "StringOutputParser",
      label: "StringOutputParser#1",
    });
    expect(new Set(used)).toEqual(new Set(["StrOutputParser"]));
  });

  it("lets no list allow another name, type, status, usage or session", () => {
    const everything = [{ path: /./, reason: "lazy" }];
    const difference = (path: string) => ({ path, ours: 1, golden: 2 });
    for (const path of [
      ...["state", "tags/mlflow.traceName", "metadata/mlflow.trace.session"],
      ...["metadata/mlflow.trace.tokenUsage/input_tokens", "spans/a#1/name", "spans/a#1/type"],
      ...["spans/a#1/status", "spans/a#1/attributes/mlflow.chat.tokenUsage/total_tokens"],
    ]) {
      expect(allowedBy(difference(path), everything), path).toBeUndefined();
    }
    expect(allowedBy(difference("spans/a#1/parent"), everything)).toBe(everything[0]);
  });

  it("pairs traces by their request, else by time", () => {
    const at = (requestTime: number, requestPreview: string) =>
      ({ ...golden, requestTime, requestPreview }) satisfies CanonicalTrace;
    const [a1, b, a2] = [at(1, "a"), at(2, "b"), at(3, "a")];
    const pairs = pairTraces([a2, a1, b], [at(9, "b"), at(10, "a"), at(11, "a"), at(12, "c")]);
    expect(pairs.map(({ ours }) => ours)).toEqual([b, a1, a2, undefined]);
  });

  it("reads the same trace from a server's answer and from Python's JSON", () => {
    const info = { state: "OK", request_time: "2026-11-23T18:52:12.502Z", trace_metadata: {} };
    const times = { start_time_unix_nano: 1, end_time_unix_nano: 2, name: "a", span_id: "AQ==" };
    const usage = { input_tokens: 1, ratio: 0.5, ok: true, none: null, list: ["x"], empty: [] };
    const rest = fromRest({
      trace: {
        trace_info: { ...info, tags: {} },
        spans: [
          {
            ...times,
            status: { code: "STATUS_CODE_OK" },
            attributes: [
              { key: "mlflow.spanType", value: { string_value: "CHAIN" } },
              {
                key: "usage",
                value: {
                  kvlist_value: {
                    values: [
                      { key: "input_tokens", value: { int_value: 1 } },
                      { key: "ratio", value: { double_value: 0.5 } },
                      { key: "ok", value: { bool_value: true } },
                      { key: "none" },
                      { key: "list", value: { array_value: { values: [{ string_value: "x" }] } } },
                      { key: "empty", value: { array_value: {} } },
                    ],
                  },
                },
              },
            ],
          },
        ],
      },
    });
    const python = fromPython({
      info: { ...info, tags: {} },
      data: {
        spans: [
          {
            ...times,
            parent_span_id: null,
            status: { code: "STATUS_CODE_OK", message: "" },
            attributes: { "mlflow.spanType": '"CHAIN"', usage: JSON.stringify(usage) },
            events: [],
          },
        ],
      },
    });
    expect(rest).toEqual(python);
    expect(rest.spans[0]?.attributes).toEqual({ usage });
  });
});
