import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import type { ExperimentChoice } from "../delivery/experiment.js";
import type { FlushCounts } from "../delivery/flush.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { reportFailure } from "../delivery/report-failure.js";
import { getPipeline } from "../recording/pipeline.js";
import { readOptions, show } from "../settings/check-options.js";
import { type Search, searchBy } from "../store/pages.js";
import type { Experiment, Page } from "../store/store.js";
import type { Trace } from "../trace/trace.js";

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;

/**
 * Sets the store for later traces and runs: `http(s)://…` for an MLflow server, `file:…` or a path for a local store.
 * Mirrors `mlflow.set_tracking_uri`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a URI that is not supported.
 */
export function setTrackingUri(uri: string): void {
  if (typeof uri !== "string" || uri === "") {
    throw invalidParameter(`setTrackingUri() takes a URI, got ${inspect(uri)}.`);
  }
  getPipeline().tracking.setUri(uri);
}

/** Returns the current tracking URI without credentials. Mirrors `mlflow.get_tracking_uri`. */
export function getTrackingUri(): string {
  return getPipeline().tracking.uri();
}

/**
 * Sets the experiment for later traces and runs, and creates it if no experiment has that name. The app does not have to
 * await the promise: later traces and runs wait for the experiment. Mirrors `mlflow.set_experiment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE, synchronously, for invalid arguments. The promise rejects if the
 * experiment is deleted, no experiment has that id, or the store does not respond.
 */
export function setExperiment(
  experiment: string | { readonly experimentName?: string; readonly experimentId?: string },
): Promise<Experiment> {
  const { tracking } = getPipeline();
  const found = tracking.setExperiment(choiceOf(experiment)).experiment();
  // Prevents an unhandled rejection if the app does not await the promise. Sending the first traces reports the failure.
  found.catch(() => {});
  return hold(found, ANSWER_TIMEOUT_MS);
}

function choiceOf(experiment: unknown): ExperimentChoice {
  const { experimentName, experimentId } =
    typeof experiment === "string"
      ? { experimentName: experiment, experimentId: undefined }
      : ((experiment ?? {}) as { experimentName?: unknown; experimentId?: unknown });
  if ((experimentName === undefined) === (experimentId === undefined)) {
    throw invalidParameter("Must specify exactly one of: `experimentId` or `experimentName`.");
  }
  const isNamed = experimentName !== undefined;
  const value = isNamed ? experimentName : experimentId;
  if (typeof value !== "string" || value.trim() === "") {
    const what = isNamed ? "experiment name" : "experiment id";
    throw invalidParameter(`Invalid ${what}: ${inspect(value)}. It must be a non-empty string.`);
  }
  return isNamed ? { by: "name", name: value } : { by: "id", experimentId: value };
}

/**
 * Waits until all traces that have ended are delivered, for at most `timeoutMs` (default: 30 000). A failed delivery does
 * not reject the promise: the returned counts include it. Mirrors `mlflow.flush_trace_async_logging`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option or an invalid timeout. The function first
 * flushes the traces with the default timeout.
 */
export function flushTraces(options: { readonly timeoutMs?: number } = {}): Promise<FlushCounts> {
  const flushed = flush(options);
  // Logs a failure, so that an app that does not await the flush does not end with an unhandled rejection.
  flushed.catch((cause) => reportFailure(cause, { caller: "flushTraces()" }));
  return flushed;
}

/**
 * Checks the options, and delivers the traces even if they are invalid. For example, `process.on("SIGTERM", flushTraces)`
 * passes the name of the signal instead of options.
 */
async function flush(options: object): Promise<FlushCounts> {
  let timeoutMs = DEFAULT_FLUSH_TIMEOUT_MS;
  let failure: unknown;
  try {
    timeoutMs = readTimeoutMs(options);
  } catch (cause) {
    failure = cause;
  }
  const counts = await getPipeline().flush(timeoutMs);
  if (failure !== undefined) throw failure;
  return counts;
}

function readTimeoutMs(options: object): number {
  const { timeoutMs } = readOptions("flushTraces()", options, ["timeoutMs"]);
  if (timeoutMs === undefined) return DEFAULT_FLUSH_TIMEOUT_MS;
  if (typeof timeoutMs === "number" && timeoutMs >= 0) return timeoutMs;
  throw invalidParameter(
    `flushTraces() option \`timeoutMs\` takes a non-negative number of milliseconds, got ${show(timeoutMs)}.`,
  );
}

/** Returns the id of the trace that ended last in this process. Mirrors `mlflow.get_last_active_trace_id`. */
export function getLastActiveTraceId(): string | undefined {
  return getPipeline().lastTraceId;
}

/** Returns a trace with its spans, or undefined if the trace does not exist. Mirrors `mlflow.get_trace`. */
export function getTrace(traceId: string): Promise<Trace | undefined> {
  return hold(readTrace(traceId), ANSWER_TIMEOUT_MS);
}

async function readTrace(traceId: string): Promise<Trace | undefined> {
  const pipeline = getPipeline();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  return pipeline.tracking.current().store.getTrace(traceId);
}

export interface SearchTracesOptions {
  /** Default: the active experiment. */
  readonly experimentIds?: readonly string[];
  /** MLflow's filter language, for example `attributes.status = 'ERROR'`. */
  readonly filter?: string;
  /** Default: `["timestamp_ms DESC"]`. */
  readonly orderBy?: readonly string[];
  /** The number of traces per page, at most 500. Default: 100. */
  readonly maxResults?: number;
  /** Whether to load the spans. Default: true. */
  readonly includeSpans?: boolean;
}

export type TraceSearch = Search<Trace>;

/** Searches traces, newest first by default. Mirrors `mlflow.search_traces`. */
export function searchTraces(options: SearchTracesOptions = {}): TraceSearch {
  return searchBy("traces", (pageToken) => hold(searchPage(options, pageToken), ANSWER_TIMEOUT_MS));
}

async function searchPage(
  { experimentIds, includeSpans = true, ...query }: SearchTracesOptions,
  pageToken: string | undefined,
): Promise<Page<Trace>> {
  const pipeline = getPipeline();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  const destination = pipeline.tracking.current();
  const { store } = destination;
  const { items, nextPageToken } = await store.searchTraceInfos({
    ...query,
    experimentIds: experimentIds ?? [await destination.experimentId()],
    ...(pageToken === undefined ? {} : { pageToken }),
  });
  const bare = items.map((info): Trace => ({ info, data: { spans: [] } }));
  const traces = includeSpans
    ? await Promise.all(
        bare.map(async (trace) => (await store.getTrace(trace.info.traceId)) ?? trace),
      )
    : bare;
  return { items: traces, ...(nextPageToken === undefined ? {} : { nextPageToken }) };
}
