import type { Assessment } from "../../src/trace/assessment.js";
import { type Span, spanStatus } from "../../src/trace/span.js";
import { readableTrace, type Trace } from "../../src/tracing/read-trace.js";

type SpanPart = Partial<Omit<Span, "status">> & { readonly name: string };

/** A stored trace. The first span is the root, and the others are its children unless they name another parent. */
export function judgedTrace(
  spans: readonly SpanPart[],
  {
    session,
    requestTime = 1,
    assessments = [],
  }: {
    readonly session?: string;
    readonly requestTime?: number;
    readonly assessments?: readonly Assessment[];
  } = {},
): Trace {
  const traceId = `tr-${requestTime.toString(16).padStart(32, "0")}`;
  return readableTrace({
    info: {
      traceId,
      experimentId: "0",
      requestTime,
      executionDuration: 1500,
      state: "OK",
      traceMetadata: session === undefined ? {} : { "mlflow.trace.session": session },
      tags: {},
      assessments,
    },
    data: {
      spans: spans.map((part, index) => ({
        traceId,
        spanId: idOf(index),
        ...(index > 0 && { parentId: idOf(0) }),
        spanType: "CHAIN",
        startTimeNs: BigInt(index),
        endTimeNs: BigInt(index + 1),
        status: spanStatus("OK"),
        attributes: {},
        events: [],
        ...part,
      })),
    },
  });
}

export function idOf(index: number): string {
  return (index + 1).toString(16).padStart(16, "0");
}

/** A conversation: one trace for each pair of question and answer. */
export function conversation(turns: readonly (readonly [string, string])[]): Trace[] {
  return turns.map(([inputs, outputs], index) =>
    judgedTrace([{ name: "chat", inputs, outputs }], { session: "s-1", requestTime: index + 1 }),
  );
}
