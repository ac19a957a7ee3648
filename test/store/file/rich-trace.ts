import { createHash } from "node:crypto";
import type { Span } from "../../../src/trace/span.js";
import { spanStatus } from "../../../src/trace/span.js";
import type { Trace } from "../../../src/trace/trace.js";

/** 2026-11-23T18:41:10.023Z and 456 789 ns. */
export const START_NS = 1_795_459_270_023_456_789n;
export const START_MS = Number(START_NS / 1_000_000n);

const hex = (text: string, digits: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);

/** Returns the id of a test's trace, which is the same in every process. */
export function traceIdOf(name: string): string {
  return `tr-${hex(name, 32)}`;
}

/** Returns a trace with a value of every kind in every place. Its ids depend on `name`. */
export function richTrace(name: string, overrides: Partial<Trace["info"]> = {}): Trace {
  const traceId = traceIdOf(name);
  const [rootId, modelId] = [hex(`${name} root`, 16), hex(`${name} model`, 16)];
  const usage = { input_tokens: 29, output_tokens: 8, total_tokens: 37 };
  const root: Span = {
    traceId,
    spanId: rootId,
    name: "RunnableSequence",
    spanType: "CHAIN",
    startTimeNs: START_NS,
    endTimeNs: START_NS + 1_500_000_001n,
    status: spanStatus("ERROR", "429 too many requests \u{1F4A5}"),
    inputs: {
      question: "무엇입니까?",
      quotes: `"it's" \\ \n\t`,
      nothing: null,
      list: [1, 2.5, true],
    },
    attributes: { "mlflow.spanLogLevel": 10, metadata: { ls_model_type: "chat" } },
    events: [
      {
        name: "exception",
        timestampNs: START_NS + 1_499_999_999n,
        attributes: { "exception.message": "429", "exception.stacktrace": "Error: 429\n  at x" },
      },
    ],
  };
  const model: Span = {
    traceId,
    spanId: modelId,
    parentId: rootId,
    name: "ChatOpenAI",
    spanType: "CHAT_MODEL",
    startTimeNs: START_NS + 10n,
    endTimeNs: START_NS + 20n,
    status: spanStatus("OK"),
    inputs: [[{ role: "user", content: 'hello, 1795459270023456789, "x' }]],
    outputs: { big: 9_007_199_254_740_993n, text: "\u2028 \u0000 end", generations: [] },
    attributes: {
      "mlflow.chat.tokenUsage": usage,
      "mlflow.chat.tools": [{ type: "function", function: { name: "add" } }],
      "mlflow.llm.model": "gpt-4o-mini",
      flag: false,
      ratio: 0.5,
    },
    events: [
      { name: "new_token", timestampNs: START_NS + 15n, attributes: { token: "", count: 3 } },
    ],
  };
  return {
    info: {
      traceId,
      experimentId: "0",
      clientRequestId: "req-1",
      requestPreview: '{"question": "무엇입니까?"} \u007f\u0085\u2028\ufeff\uffff 2026-01-01: #x',
      responsePreview: "no",
      requestTime: START_MS,
      executionDuration: 1500,
      state: "ERROR",
      traceMetadata: {
        "mlflow.trace_schema.version": "3",
        "mlflow.trace.session": "thread 9",
        "mlflow.trace.tokenUsage": JSON.stringify(usage),
        "mlflow.traceInputs": '{"question": "무엇입니까?"}',
        empty: "",
      },
      tags: { "mlflow.traceName": name, "team/one": "a", note: " spaces and\nlines\n" },
      assessments: [],
      ...overrides,
    },
    data: { spans: [root, model] },
  };
}
