import { autolog } from "./autolog/autolog.js";
import { loadModel, loadPyFuncModel } from "./models/load-model.js";
import { logModel, saveModel } from "./models/log-model.js";
import { getModelDependencies } from "./models/model-folder.js";
import { downloadArtifacts, listArtifacts } from "./runs/artifacts/artifacts.js";

export { autolog } from "./autolog/autolog.js";
export { type ErrorCode, MlflowException, RestException } from "./base/errors.js";
export {
  type FlushTrackerOptions,
  MlflowCallbackHandler,
  type MlflowCallbackHandlerOptions,
} from "./callback-handler/callback-handler.js";
export {
  type CreateLoggedModelOptions,
  type LoggedModelPage,
  MlflowClient,
  type SearchLoggedModelsOptions,
} from "./client/client.js";
export type {
  CreateExperimentOptions,
  ExperimentPage,
  SearchExperimentsOptions,
} from "./client/experiments.js";
export type {
  CreateModelVersionOptions,
  ModelVersionPage,
  TransitionOptions,
} from "./client/model-versions.js";
export type {
  CreateRegisteredModelOptions,
  RegisteredModelPage,
} from "./client/registered-models.js";
export type { EntitySearch, MlflowClientOptions } from "./client/requests.js";
export type { LogBatchOptions, MetricPoint } from "./client/run-writes.js";
export type {
  ClientSearchRunsOptions,
  CreateRunOptions,
  RunPage,
  SetTerminatedOptions,
} from "./client/runs.js";
export type { ClientSearchTracesOptions, TracePage } from "./client/traces.js";
export type { ActiveRun } from "./context/active-runs.js";
export type { Plain, PlainObject } from "./data/plain.js";
export type { FlushCounts } from "./delivery/flush.js";
export * as genai from "./genai/namespace.js";
export type { LoadModelOptions } from "./models/load-model.js";
export type { LogModelOptions, SaveModelOptions } from "./models/log-model.js";
export type { ModelInfo } from "./models/model-info.js";
export * as models from "./models/namespace.js";
export type { PyFuncModel } from "./models/pyfunc/pyfunc-model.js";
export {
  deleteRegisteredModelAlias,
  registerModel,
  setActiveModel,
  setRegisteredModelAlias,
} from "./models/registry.js";
export {
  type ArtifactsOptions,
  type DownloadArtifactsOptions,
  downloadArtifacts,
  listArtifacts,
} from "./runs/artifacts/artifacts.js";
export {
  deleteTag,
  type LoggedValue,
  type LogMetricOptions,
  logMetric,
  logMetrics,
  logParam,
  logParams,
  setTag,
  setTags,
} from "./runs/log.js";
export { logArtifact, logArtifacts, logDict, logText } from "./runs/log-artifacts.js";
export { type LogImageOptions, logImage } from "./runs/log-image.js";
export { type DatasetDescription, type LogInputOptions, logInput } from "./runs/log-input.js";
export { type LoadTableOptions, loadTable, logTable } from "./runs/log-table.js";
export type { LogOptions } from "./runs/log-to-run.js";
export type { StartRunOptions } from "./runs/open-run.js";
export {
  deleteRun,
  getMetricHistory,
  getRun,
  type RunSearch,
  type SearchRunsOptions,
  searchRuns,
} from "./runs/read-runs.js";
export {
  activeRun,
  endRun,
  lastActiveRun,
  startRun,
} from "./runs/start-run.js";
export type { TableData, TableRow } from "./runs/table.js";
export * as serving from "./serving/namespace.js";
export type { AutologOptions } from "./settings/options.js";
export type { MlflowLangchainTracerOptions } from "./settings/tracer-options.js";
export type { ArtifactInfo } from "./store/artifact-store.js";
export {
  AssessmentSource,
  type AssessmentSourceOptions,
  Expectation,
  type ExpectationOptions,
  Feedback,
  type FeedbackOptions,
} from "./store/assessments.js";
export type {
  LoggedModel,
  LoggedModelOrder,
  ModelVersion,
  RegisteredModel,
} from "./store/model-store.js";
export {
  type Dataset,
  type DatasetInput,
  type Metric,
  type Run,
  type RunData,
  type RunInfo,
  RunStatus,
  type RunViewType,
} from "./store/run-store.js";
export type { Experiment, Page } from "./store/store.js";
export {
  type Assessment,
  type AssessmentError,
  AssessmentSourceType,
  type AssessmentValue,
} from "./trace/assessment.js";
export type { Attachment } from "./trace/attachment.js";
export type { Redact, RedactContext } from "./trace/redact.js";
export type { RootCall, ShouldTrace } from "./trace/should-trace.js";
export {
  type Span,
  SpanAttributeKey,
  type SpanEvent,
  type SpanLink,
  SpanLogLevel,
  type SpanStatus,
  SpanStatusCode,
  SpanType,
  TokenUsageKey,
} from "./trace/span.js";
export {
  type TraceData,
  type TraceInfo,
  TraceMetadataKey,
  TraceState,
  TraceTagKey,
} from "./trace/trace.js";
export { MlflowLangchainTracer } from "./tracer/langchain-tracer.js";
export { downloadTraceAttachment } from "./tracing/attachments.js";
export { type DeleteTracesOptions, deleteTraces } from "./tracing/delete-traces.js";
export {
  type AssessmentName,
  deleteAssessment,
  getAssessment,
} from "./tracing/feedback/assessments.js";
export {
  type LogAssessmentOptions,
  type LogExpectationOptions,
  type LogFeedbackOptions,
  logAssessment,
  logExpectation,
  logFeedback,
  type OverrideFeedbackOptions,
  overrideFeedback,
  type UpdateAssessmentOptions,
  updateAssessment,
} from "./tracing/feedback/log-assessment.js";
export {
  getTracingContextHeadersForHttpRequest,
  type RequestHeaders,
  withTracingContextFromHeaders,
  withTracingContextFromHeadersAsync,
} from "./tracing/headers.js";
export type { LiveSpan } from "./tracing/live-span.js";
export type { ReadSpan, SearchSpansOptions, Trace } from "./tracing/read-trace.js";
export {
  type SearchSessionsOptions,
  type Session,
  searchSessions,
} from "./tracing/search-sessions.js";
export {
  type SearchTracesOptions,
  searchTraces,
  type TraceSearch,
} from "./tracing/search-traces.js";
export type { SpanOptions, TraceOptions, WithSpanOptions } from "./tracing/span-options.js";
export type { EndOptions, EventInput, LinkInput, StatusInput } from "./tracing/span-values.js";
export {
  getCurrentActiveSpan,
  registerOnSpanEndHook,
  registerOnSpanStartHook,
  startSpan,
  withSpan,
} from "./tracing/spans.js";
export { stats } from "./tracing/stats.js";
export { type TraceDecorator, trace } from "./tracing/trace-function.js";
export { deleteTraceTag, setTraceTag } from "./tracing/trace-tags.js";
export {
  flushTraces,
  getLastActiveTraceId,
  getTrace,
  getTrackingUri,
  type InitOptions,
  init,
  setExperiment,
  setTrackingUri,
} from "./tracing/traces.js";
export { type TracingContextOptions, tracingContext } from "./tracing/tracing-context.js";
export { type UpdateCurrentTraceOptions, updateCurrentTrace } from "./tracing/update-trace.js";

/** `mlflow.pyfunc`, as in Python. */
export const pyfunc = { loadModel: loadPyFuncModel, getModelDependencies };

/** `mlflow.langchain`, as in Python. */
export const langchain = { autolog, logModel, saveModel, loadModel };
/** `mlflow.artifacts.downloadArtifacts()` and `.listArtifacts()`, as in Python. */
export const artifacts = { downloadArtifacts, listArtifacts };
