import { invalidParameter } from "../base/errors.js";
import type { ExperimentChoice } from "../delivery/experiment.js";
import type { FlushCounts } from "../delivery/flush.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { reportIfIgnored } from "../delivery/report-if-ignored.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, milliseconds } from "../settings/kinds.js";
import type { Experiment } from "../store/store.js";
import { readableTrace, type Trace } from "./read-trace.js";

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;

/**
 * Sets the store for later traces and runs: `http(s)://…` for an MLflow server, `file:…` or a path for a local store.
 * Mirrors `mlflow.set_tracking_uri`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a URI that is not supported.
 */
export function setTrackingUri(uri: string): void {
  getPipeline().tracking.setUri(checkArgument("setTrackingUri()", "uri", filledText, uri));
}

/** Where {@link init} sends traces and runs. */
export interface InitOptions extends ExperimentName {
  /** Default: unchanged. */
  readonly trackingUri?: string;
}

/**
 * Sets the store and the experiment for later traces and runs. The same as `setTrackingUri()` and `setExperiment()`: an
 * experiment that cannot be used is reported when the first trace is sent. Mirrors `init` of MLflow's TypeScript SDK.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * init({ trackingUri: "http://localhost:5000", experimentId: "1" });
 */
export function init(options: InitOptions = {}): void {
  const given = readOptions<InitOptions>("init()", options, {
    trackingUri: filledText,
    ...EXPERIMENT_OPTIONS,
  });
  const { trackingUri, ...experiment } = given;
  const choice = Object.keys(experiment).length > 0 ? readChoice(experiment) : undefined;
  if (trackingUri !== undefined) setTrackingUri(trackingUri);
  if (choice) choose(choice);
}

/** Returns the current tracking URI without credentials. Mirrors `mlflow.get_tracking_uri`. */
export function getTrackingUri(): string {
  return getPipeline().tracking.uri();
}

/**
 * Sets the experiment for later traces and runs, and creates it if no experiment has that name. The app does not have to
 * await the promise: later traces and runs wait for the experiment. Mirrors `mlflow.set_experiment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid arguments. The promise also rejects if the experiment is
 * deleted, no experiment has that id, or the store does not respond.
 */
export function setExperiment(experiment: string | ExperimentName): Promise<Experiment> {
  let choice: ExperimentChoice;
  try {
    choice = readChoice(experiment);
  } catch (cause) {
    return reportIfIgnored(Promise.reject(cause), { caller: "setExperiment()" });
  }
  return hold(choose(choice), ANSWER_TIMEOUT_MS);
}

function choose(choice: ExperimentChoice): Promise<Experiment> {
  const found = getPipeline().tracking.setExperiment(choice).experiment();
  // Prevents an unhandled rejection if the app does not await the promise. Sending the first traces reports the failure.
  found.catch(() => {});
  return found;
}

/** Identifies an experiment, by its name or its id. */
interface ExperimentName {
  readonly experimentName?: string;
  readonly experimentId?: string;
}

const EXPERIMENT_OPTIONS: OptionKinds<ExperimentName> = {
  experimentName: filledText,
  experimentId: filledText,
};

function readChoice(experiment: unknown): ExperimentChoice {
  const options = typeof experiment === "string" ? { experimentName: experiment } : experiment;
  const given = readOptions("setExperiment()", options, EXPERIMENT_OPTIONS);
  const { experimentName: name, experimentId } = given;
  if (name !== undefined && experimentId === undefined) return { by: "name", name };
  if (name === undefined && experimentId !== undefined) return { by: "id", experimentId };
  throw invalidParameter("Must specify exactly one of: `experimentId` or `experimentName`.");
}

/**
 * Waits until all traces that have ended are delivered, for at most `timeoutMs` (default: 30 000). A failed delivery does
 * not reject the promise: the returned counts include it. Mirrors `mlflow.flush_trace_async_logging`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option or an invalid timeout. The function first
 * flushes the traces with the default timeout.
 */
export function flushTraces(options: { readonly timeoutMs?: number } = {}): Promise<FlushCounts> {
  return reportIfIgnored(flush(options), { caller: "flushTraces()" });
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
  const { settled: _, ...counts } = await getPipeline().flush(timeoutMs, true);
  if (failure !== undefined) throw failure;
  return counts;
}

function readTimeoutMs(options: object): number {
  const given = readOptions<{ timeoutMs?: number }>("flushTraces()", options, {
    timeoutMs: milliseconds,
  });
  return given.timeoutMs ?? DEFAULT_FLUSH_TIMEOUT_MS;
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
  checkArgument("getTrace()", "traceId", filledText, traceId);
  const pipeline = getPipeline();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  const record = await pipeline.tracking.current().store.getTrace(traceId);
  return record && readableTrace(record);
}
