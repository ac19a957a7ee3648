import { newSpanId, newTraceId } from "../../src/trace/ids.js";
import type { Span } from "../../src/trace/span.js";
import { spanStatus } from "../../src/trace/span.js";
import type { Trace, TraceInfo } from "../../src/trace/trace.js";

export interface SampleOptions {
  readonly info?: Partial<TraceInfo>;
  readonly metadata?: Record<string, string>;
  readonly root?: Partial<Span>;
  readonly child?: Partial<Span>;
}

const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

/** A finished trace of two spans, a chain and its model, as the collector hands them over. */
export function sampleTrace(options: SampleOptions = {}): Trace {
  const traceId = options.info?.traceId ?? newTraceId();
  const rootId = newSpanId();
  const startMs = Date.now() - 5_000;
  const startTimeNs = BigInt(startMs) * 1_000_000n + 123n;
  const common = { traceId, status: spanStatus("OK"), events: [] };
  const root: Span = {
    ...common,
    spanId: rootId,
    name: "RunnableSequence",
    spanType: "CHAIN",
    startTimeNs,
    endTimeNs: startTimeNs + 1_234_000_001n,
    inputs: { question: "What is MLflow?" },
    outputs: "A platform.",
    attributes: { "langchain.end": "complete" },
    ...options.root,
  };
  const child: Span = {
    ...common,
    spanId: newSpanId(),
    parentId: rootId,
    name: "ChatOpenAI",
    spanType: "CHAT_MODEL",
    startTimeNs: startTimeNs + 1_000n,
    endTimeNs: startTimeNs + 1_000_000_000n,
    inputs: [[{ type: "human", content: "What is MLflow?" }]],
    outputs: { generations: [[{ text: "A platform." }]] },
    attributes: { "mlflow.chat.tokenUsage": USAGE },
    events: [{ name: "first_token", timestampNs: startTimeNs + 77n, attributes: { index: 0 } }],
    ...options.child,
  };
  return {
    info: {
      traceId,
      experimentId: "",
      requestPreview: '{"question": "What is MLflow?"}',
      responsePreview: '"A platform."',
      requestTime: startMs,
      executionDuration: 1234,
      state: "OK",
      traceMetadata: {
        "mlflow.trace.tokenUsage": JSON.stringify(USAGE),
        "mlflow.trace.session": "session-1",
        "mlflow.trace.user": "user-1",
        "mlflow.source.name": "app.ts",
        "mlflow.user": "developer",
        ...options.metadata,
      },
      tags: { "mlflow.traceName": "RunnableSequence", team: "search" },
      assessments: [],
      ...options.info,
    },
    data: { spans: [root, child] },
  };
}

export const TOKEN_USAGE = USAGE;
