import { autolog } from "./autolog/autolog.js";

export { autolog } from "./autolog/autolog.js";
export type { AutologOptions } from "./config/options.js";
export { type ErrorCode, MlflowException, RestException } from "./errors.js";
export type { FlushCounts } from "./export/flush.js";
export * as models from "./models/namespace.js";
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
export type { Experiment, Page } from "./store/store.js";
export type { Plain, PlainObject } from "./trace/plain.js";
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
