// Compiled by `npm run typecheck` only: programs with the names and argument orders of MLflow's TypeScript SDK.

import type { LiveSpan, SpanOptions, TraceOptions } from "langchain-mlflow";
import * as mlflow from "langchain-mlflow";

mlflow.init({ trackingUri: "http://localhost:5000", experimentId: "1" });

const untyped = mlflow.trace((x, y) => x + y, { name: "add" });
const typed = mlflow.trace(async (question: string) => question.length, {
  spanType: mlflow.SpanType.RERANKER,
  attributes: { k: 1 },
});
const words = mlflow.trace(function* (text: string) {
  yield* text.split(" ");
});

class Service {
  @mlflow.trace()
  async plain(question: string) {
    return question;
  }

  @mlflow.trace({ name: "named", spanType: mlflow.SpanType.LLM })
  named(question: string): number {
    return question.length;
  }

  @mlflow.trace
  bare(question: string) {
    return question;
  }
}

const options: SpanOptions = { name: "s", spanType: "LLM", inputs: { a: 1 }, attributes: { b: 2 } };
const traced: TraceOptions = { name: "t" };
const root: LiveSpan = mlflow.startSpan({ ...options, startTimeNs: 5 });
const child = mlflow.startSpan({
  name: "child",
  parent: root,
  logLevel: mlflow.SpanLogLevel.DEBUG,
});
child.setInputs({ a: 1 });
child.setOutputs([1]);
child.setAttribute("k", 1);
child.setAttributes({ k: 2 });
child.setSpanType(mlflow.SpanType.MEMORY);
child.setLogLevel("INFO");
child.addEvent({ name: "e", attributes: {}, timestamp: 5n });
child.recordException(new Error("e"));
child.setStatus(mlflow.SpanStatusCode.ERROR, "why");
child.end({ outputs: 1, attributes: {}, status: "OK", endTimeNs: 6 });
root.end();

const parentId: string | null = child.parentId;
const code: "OK" | "ERROR" | "UNSET" = child.status.statusCode;
const active: LiveSpan | null = mlflow.getCurrentActiveSpan();

export const results: [Promise<string>, number, Promise<string>, Promise<number>] = [
  mlflow.withSpan(async (span) => span.traceId, { name: "s" }),
  mlflow.withSpan((span: LiveSpan) => span.spanId.length),
  mlflow.withSpan<string>(async () => "x", { name: "s", spanType: mlflow.SpanType.TOOL }),
  mlflow.withSpan({ name: "s" }, async () => 5),
];

mlflow.updateCurrentTrace({
  ...{ tags: { a: "b" }, metadata: { c: "d" }, clientRequestId: "e", requestPreview: "f" },
  ...{ responsePreview: "g", state: "OK", modelId: "h", sessionId: "i", user: "j" },
});
export const inContext: Promise<number> = mlflow.tracingContext(
  { metadata: {}, tags: {}, enabled: true, sessionId: "s", user: "u" },
  async () => 5,
);
mlflow.registerOnSpanStartHook((span) => span.setAttribute("k", 1));
mlflow.registerOnSpanEndHook((span) => span.setOutputs(undefined));

export const values = [
  ...[untyped(1, 2), typed("x"), words("a b"), new Service(), traced, parentId, code, active],
  ...[mlflow.SpanAttributeKey.TRACE_ID, mlflow.TraceMetadataKey.TRACE_SESSION],
  ...[mlflow.TraceTagKey.MLFLOW_ARTIFACT_LOCATION, mlflow.TokenUsageKey.INPUT_TOKENS],
];
