import type { Span } from "./span.js";

export const TraceState = {
  OK: "OK",
  ERROR: "ERROR",
  IN_PROGRESS: "IN_PROGRESS",
  STATE_UNSPECIFIED: "STATE_UNSPECIFIED",
} as const;
export type TraceState = (typeof TraceState)[keyof typeof TraceState];

/** What MLflow keeps of a trace besides its spans; the fields of the official TypeScript SDK's TraceInfo. */
export interface TraceInfo {
  /** `tr-` and 32 hexadecimal digits: chosen by us, so a trace may be sent twice and is stored once. */
  readonly traceId: string;
  readonly clientRequestId?: string;
  readonly experimentId: string;
  /** At most 1000 characters. */
  readonly requestPreview?: string;
  readonly responsePreview?: string;
  /** Milliseconds since the epoch. */
  readonly requestTime: number;
  /** Milliseconds. */
  readonly executionDuration: number;
  readonly state: TraceState;
  /** Fixed once logged; values of at most 250 characters. */
  readonly traceMetadata: Readonly<Record<string, string>>;
  /** May be changed later; values of at most 4096 characters. */
  readonly tags: Readonly<Record<string, string>>;
  /** Feedback and expectations, as the server or store holds them. */
  readonly assessments: readonly unknown[];
}

export interface TraceData {
  readonly spans: readonly Span[];
}

export interface Trace {
  readonly info: TraceInfo;
  readonly data: TraceData;
}

/** Names of trace metadata that MLflow reads. */
export const TraceMetadataKey = {
  SCHEMA_VERSION: "mlflow.trace_schema.version",
  INPUTS: "mlflow.traceInputs",
  OUTPUTS: "mlflow.traceOutputs",
  TOKEN_USAGE: "mlflow.trace.tokenUsage",
  SESSION: "mlflow.trace.session",
  USER: "mlflow.trace.user",
  SIZE_STATS: "mlflow.trace.sizeStats",
  SIZE_BYTES: "mlflow.trace.sizeBytes",
  SOURCE_RUN: "mlflow.sourceRun",
  MODEL_ID: "mlflow.modelId",
  MLFLOW_USER: "mlflow.user",
  SOURCE_NAME: "mlflow.source.name",
  SOURCE_TYPE: "mlflow.source.type",
} as const;

/** Names of trace tags that MLflow reads. */
export const TraceTagKey = {
  NAME: "mlflow.traceName",
  ARTIFACT_LOCATION: "mlflow.artifactLocation",
  SPANS_LOCATION: "mlflow.trace.spansLocation",
} as const;
