import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import type { ExperimentChoice } from "../delivery/experiment.js";
import type { FlushCounts } from "../delivery/flush.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type Search, searchBy } from "../store/pages.js";
import type { Experiment, Page } from "../store/store.js";
import type { Trace } from "../trace/trace.js";

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;

/**
 * Sets where traces go from now on: `http(s)://…` is an MLflow server, `file:…` or a path a local
 * store. Mirrors `mlflow.set_tracking_uri`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a URI that is not supported.
 */
export function setTrackingUri(uri: string): void {
  if (typeof uri !== "string" || uri === "") {
    throw invalidParameter(`setTrackingUri() takes a URI, got ${inspect(uri)}.`);
  }
  getPipeline().tracking.setUri(uri);
}

/** The tracking URI in force, without credentials. Mirrors `mlflow.get_tracking_uri`. */
export function getTrackingUri(): string {
  return getPipeline().tracking.current().store.uri;
}

/**
 * Sets the experiment that traces go to from now on, and makes it when there is none of that name.
 * Need not be awaited: what comes later waits for it. Mirrors `mlflow.set_experiment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE at once for wrong arguments; the promise rejects
 * when the experiment is deleted, unknown by that id, or the store does not answer.
 */
export function setExperiment(
  experiment: string | { readonly experimentName?: string; readonly experimentId?: string },
): Promise<Experiment> {
  const { tracking } = getPipeline();
  const found = tracking.setExperiment(choiceOf(experiment)).experiment();
  // Who does not await it learns of a failure when the first traces are sent.
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
 * Waits until the traces finished so far are delivered, at most `timeoutMs` (30 000 by default).
 * Never rejects: the counts say what this call settled. Mirrors `mlflow.flush_trace_async_logging`.
 */
export function flushTraces(options: { readonly timeoutMs?: number } = {}): Promise<FlushCounts> {
  return getPipeline().flush(options.timeoutMs ?? DEFAULT_FLUSH_TIMEOUT_MS);
}

/** The id of the trace that was completed last in this process. Mirrors `mlflow.get_last_active_trace_id`. */
export function getLastActiveTraceId(): string | undefined {
  return getPipeline().lastTraceId;
}

/** One trace with its spans, or undefined. Mirrors `mlflow.get_trace`. */
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
  /** Traces a page, at most 500. Default: 100. */
  readonly maxResults?: number;
  /** Load the spans too. Default: true. */
  readonly includeSpans?: boolean;
}

export type TraceSearch = Search<Trace>;

/** Finds traces, newest first. Mirrors `mlflow.search_traces`. */
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
