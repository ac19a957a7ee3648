import type { Span } from "../../src/trace/span.js";
import { spanStatus } from "../../src/trace/span.js";
import type { Trace, TraceInfo } from "../../src/trace/trace.js";

export const TRACE_ID = `tr-${"0".repeat(31)}1`;
const START_NS = 1_795_459_932_500_000_000n;

/** A span that starts `startMs` into the trace and takes `ms`. */
export function span(
  spanId: string,
  parentId: string | undefined,
  name: string,
  spanType: string,
  startMs: number,
  ms: number,
  more: Partial<Span> = {},
): Span {
  const startTimeNs = START_NS + BigInt(Math.round(startMs * 1e6));
  return {
    traceId: TRACE_ID,
    spanId: spanId.padStart(16, "0"),
    ...(parentId && { parentId: parentId.padStart(16, "0") }),
    name,
    spanType,
    startTimeNs,
    endTimeNs: startTimeNs + BigInt(Math.round(ms * 1e6)),
    status: spanStatus("OK"),
    attributes: {},
    events: [],
    ...more,
  };
}

export function trace(spans: readonly Span[], info: Partial<TraceInfo> = {}): Trace {
  return {
    info: {
      traceId: TRACE_ID,
      experimentId: "0",
      requestTime: new Date(2026, 10, 23, 19, 52, 12).getTime(),
      executionDuration: 16,
      state: "OK",
      traceMetadata: {},
      tags: { "mlflow.traceName": spans[0]?.name ?? "nothing" },
      assessments: [],
      ...info,
    },
    data: { spans },
  };
}

const usage = { input_tokens: 21, output_tokens: 6, total_tokens: 27 };

export const translation = trace(
  [
    span("a", undefined, "RunnableSequence", "CHAIN", 0, 16),
    span("d", "a", "StringOutputParser", "CHAIN", 14, 0.4),
    span("b", "a", "ChatPromptTemplate", "CHAIN", 1, 1),
    span("c", "a", "ChatOpenAI", "CHAT_MODEL", 2, 12, {
      attributes: { "mlflow.chat.tokenUsage": usage },
    }),
  ],
  {
    requestPreview: '{"input": "I love programming."}',
    responsePreview: '"Ich liebe das Programmieren."',
    traceMetadata: {
      "mlflow.trace.tokenUsage": JSON.stringify(usage),
      "mlflow.trace.session": "t-1",
    },
  },
);
