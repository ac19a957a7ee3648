import { downloadArtifacts, listArtifacts } from "./artifacts/artifacts.js";
import { autolog } from "./autolog/autolog.js";

export {
  type ArtifactsOptions,
  type DownloadArtifactsOptions,
  downloadArtifacts,
  listArtifacts,
} from "./artifacts/artifacts.js";
export { autolog } from "./autolog/autolog.js";
export type { AutologOptions } from "./config/options.js";
export { type ErrorCode, MlflowException, RestException } from "./errors.js";
export type { FlushCounts } from "./export/flush.js";
export {
  flushTraces,
  getLastActiveTraceId,
  getTrace,
  getTrackingUri,
  type SearchTracesOptions,
  searchTraces,
  setExperiment,
  setTrackingUri,
  type TraceSearch,
} from "./pipeline/traces.js";
export type { ArtifactInfo } from "./store/artifact-store.js";
export type { Experiment, Page } from "./store/store.js";
export type { Plain, PlainObject } from "./trace/plain.js";
export type { Redact, RedactContext } from "./trace/redact.js";
export {
  type Span,
  type SpanEvent,
  type SpanStatus,
  SpanStatusCode,
  SpanType,
} from "./trace/span.js";
export { type Trace, type TraceData, type TraceInfo, TraceState } from "./trace/trace.js";

/** `mlflow.langchain.autolog()`, as in Python. */
export const langchain = { autolog };

/** `mlflow.artifacts.downloadArtifacts()` and `.listArtifacts()`, as in Python. */
export const artifacts = { downloadArtifacts, listArtifacts };
