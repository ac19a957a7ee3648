import type { Assessment } from "./assessment.js";
import type { Attachment } from "./attachment.js";
import type { Span } from "./span.js";

export const TraceState = {
  OK: "OK",
  ERROR: "ERROR",
  IN_PROGRESS: "IN_PROGRESS",
  STATE_UNSPECIFIED: "STATE_UNSPECIFIED",
} as const;
export type TraceState = (typeof TraceState)[keyof typeof TraceState];

/** The fields of a trace without its spans, as in the TraceInfo of MLflow's TypeScript SDK. */
export interface TraceInfo {
  /** `tr-` and 32 hexadecimal digits. The client creates it, so a trace that is sent twice is stored once. */
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
  /** Cannot change after the trace is logged. Values have at most 250 characters. */
  readonly traceMetadata: Readonly<Record<string, string>>;
  /** Can change later. Values have at most 4096 characters. */
  readonly tags: Readonly<Record<string, string>>;
  /** Feedback, expectations and issues. */
  readonly assessments: readonly Assessment[];
}

export interface TraceData {
  readonly spans: readonly Span[];
}

export interface Trace {
  readonly info: TraceInfo;
  readonly data: TraceData;
}

/** The first span without a parent. Undefined without a trace, and if the trace was read without spans. */
export function rootSpanOf(trace: Trace | undefined): Span | undefined {
  return trace?.data.spans.find(({ parentId }) => parentId === undefined);
}

/** A trace on its way to a store. */
export interface TraceToLog extends Trace {
  /** The content of the references in its spans, for a store that keeps it with the trace. */
  readonly attachments?: readonly Attachment[];
  /**
   * Other processes may have spans of the same trace. `root`: this process has the root, and the fields of the trace are
   * right. `part`: another one has the root, and its fields of the trace apply.
   */
  readonly share?: "root" | "part" | undefined;
}

/** Names of trace metadata that MLflow reads. */
export const TraceMetadataKey = {
  SCHEMA_VERSION: "mlflow.trace_schema.version",
  INPUTS: "mlflow.traceInputs",
  OUTPUTS: "mlflow.traceOutputs",
  TOKEN_USAGE: "mlflow.trace.tokenUsage",
  SESSION: "mlflow.trace.session",
  USER: "mlflow.trace.user",
  TRACE_SESSION: "mlflow.trace.session",
  TRACE_USER: "mlflow.trace.user",
  SIZE_STATS: "mlflow.trace.sizeStats",
  SIZE_BYTES: "mlflow.trace.sizeBytes",
  SOURCE_RUN: "mlflow.sourceRun",
  MODEL_ID: "mlflow.modelId",
  MLFLOW_USER: "mlflow.user",
  SOURCE_NAME: "mlflow.source.name",
  SOURCE_TYPE: "mlflow.source.type",
  GIT_COMMIT: "mlflow.source.git.commit",
  GIT_BRANCH: "mlflow.source.git.branch",
  GIT_REPO_URL: "mlflow.source.git.repoURL",
} as const;

/** Names of trace tags that MLflow reads. */
export const TraceTagKey = {
  NAME: "mlflow.traceName",
  ARTIFACT_LOCATION: "mlflow.artifactLocation",
  MLFLOW_ARTIFACT_LOCATION: "mlflow.artifactLocation",
  SPANS_LOCATION: "mlflow.trace.spansLocation",
  /** The prompts of a trace, a run or a model. Spans have an attribute with this name. */
  LINKED_PROMPTS: "mlflow.linkedPrompts",
} as const;

const stated = new WeakSet<TraceInfo>();

/** Marks a trace whose previews or state the app has set: a server cannot derive them from its spans. */
export function markStated(info: TraceInfo): void {
  stated.add(info);
}

export function isStated(info: TraceInfo): boolean {
  return stated.has(info);
}
