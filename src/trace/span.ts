import type { Plain, PlainObject } from "../data/plain.js";

/** The span types of MLflow. Any other string is allowed. */
export const SpanType = {
  CHAIN: "CHAIN",
  CHAT_MODEL: "CHAT_MODEL",
  LLM: "LLM",
  TOOL: "TOOL",
  RETRIEVER: "RETRIEVER",
  AGENT: "AGENT",
  EMBEDDING: "EMBEDDING",
  PARSER: "PARSER",
  RERANKER: "RERANKER",
  MEMORY: "MEMORY",
  WORKFLOW: "WORKFLOW",
  TASK: "TASK",
  GUARDRAIL: "GUARDRAIL",
  EVALUATOR: "EVALUATOR",
  UNKNOWN: "UNKNOWN",
} as const;
export type SpanType = (typeof SpanType)[keyof typeof SpanType] | (string & {});

export const SpanStatusCode = { UNSET: "UNSET", OK: "OK", ERROR: "ERROR" } as const;
export type SpanStatusCode = (typeof SpanStatusCode)[keyof typeof SpanStatusCode];

/** How a span ended. */
export interface SpanStatus {
  readonly code: SpanStatusCode;
  /** The same as `code`: the name in MLflow's TypeScript SDK. */
  readonly statusCode: SpanStatusCode;
  /** The message of the error, else an empty text. */
  readonly message: string;
  /** The same as `message`: the name in MLflow's TypeScript SDK. */
  readonly description: string;
}

/** Two fields that are stored, under two names each. The second names are on the prototype, so they are not copied or printed. */
class Status implements SpanStatus {
  readonly code: SpanStatusCode;
  readonly message: string;

  constructor(code: SpanStatusCode, message: string) {
    this.code = code;
    this.message = message;
  }

  get statusCode(): SpanStatusCode {
    return this.code;
  }

  get description(): string {
    return this.message;
  }
}

export function spanStatus(code: SpanStatusCode, message = ""): SpanStatus {
  return new Status(code, message);
}

/** The levels of Python's `logging`, for {@link SpanAttributeKey.LOG_LEVEL}. */
export const SpanLogLevel = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const;
export type SpanLogLevel = (typeof SpanLogLevel)[keyof typeof SpanLogLevel];

export interface SpanEvent {
  readonly name: string;
  /** Nanoseconds since the epoch. */
  readonly timestampNs: bigint;
  readonly attributes: PlainObject;
}

/** A reference to a span, mostly of another trace. */
export interface SpanLink {
  /** `tr-` and 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
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
  /** Missing if the span has none. */
  readonly links?: readonly SpanLink[];
}

/** Names of span attributes that MLflow reads. */
export const SpanAttributeKey = {
  SPAN_TYPE: "mlflow.spanType",
  INPUTS: "mlflow.spanInputs",
  OUTPUTS: "mlflow.spanOutputs",
  REQUEST_ID: "mlflow.traceRequestId",
  TRACE_ID: "mlflow.traceRequestId",
  EXPERIMENT_ID: "mlflow.experimentId",
  TOKEN_USAGE: "mlflow.chat.tokenUsage",
  CHAT_TOOLS: "mlflow.chat.tools",
  MESSAGE_FORMAT: "mlflow.message.format",
  MODEL: "mlflow.llm.model",
  PROVIDER: "mlflow.llm.provider",
  LOG_LEVEL: "mlflow.spanLogLevel",
  SESSION_ID: "session.id",
  USER_ID: "user.id",
} as const;

/** Names of the counts in the attribute {@link SpanAttributeKey.TOKEN_USAGE}. */
export const TokenUsageKey = {
  INPUT_TOKENS: "input_tokens",
  OUTPUT_TOKENS: "output_tokens",
  TOTAL_TOKENS: "total_tokens",
  CACHE_READ_INPUT_TOKENS: "cache_read_input_tokens",
  CACHE_CREATION_INPUT_TOKENS: "cache_creation_input_tokens",
} as const;
