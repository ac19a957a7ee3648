import type { Plain, PlainObject } from "../data/plain.js";

/** The span types of MLflow that LangChain objects use. Any other string is allowed. */
export const SpanType = {
  CHAIN: "CHAIN",
  CHAT_MODEL: "CHAT_MODEL",
  LLM: "LLM",
  TOOL: "TOOL",
  RETRIEVER: "RETRIEVER",
  AGENT: "AGENT",
  EMBEDDING: "EMBEDDING",
  PARSER: "PARSER",
  UNKNOWN: "UNKNOWN",
} as const;
export type SpanType = (typeof SpanType)[keyof typeof SpanType] | (string & {});

export const SpanStatusCode = { UNSET: "UNSET", OK: "OK", ERROR: "ERROR" } as const;
export type SpanStatusCode = (typeof SpanStatusCode)[keyof typeof SpanStatusCode];

export interface SpanStatus {
  readonly code: SpanStatusCode;
  readonly message: string;
}

export interface SpanEvent {
  readonly name: string;
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  readonly attributes: PlainObject;
}

/** A finished span. */
export interface Span {
  /** `tr-` and 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Undefined for the root. */
  readonly parentId?: string;
  readonly name: string;
  readonly spanType: SpanType;
  /** Nanoseconds since the epoch. */
  readonly startTimeNs: bigint;
  readonly endTimeNs: bigint;
  readonly status: SpanStatus;
  readonly inputs?: Plain;
  readonly outputs?: Plain;
  /** Does not include `mlflow.spanType`, `mlflow.spanInputs` and `mlflow.spanOutputs`, which have their own fields. */
  readonly attributes: PlainObject;
  readonly events: readonly SpanEvent[];
}

/** Names of span attributes that MLflow reads. */
export const SpanAttributeKey = {
  SPAN_TYPE: "mlflow.spanType",
  INPUTS: "mlflow.spanInputs",
  OUTPUTS: "mlflow.spanOutputs",
  REQUEST_ID: "mlflow.traceRequestId",
  TOKEN_USAGE: "mlflow.chat.tokenUsage",
  CHAT_TOOLS: "mlflow.chat.tools",
  MESSAGE_FORMAT: "mlflow.message.format",
  MODEL: "mlflow.llm.model",
  PROVIDER: "mlflow.llm.provider",
  LOG_LEVEL: "mlflow.spanLogLevel",
} as const;
