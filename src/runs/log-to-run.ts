import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { runToLogTo } from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { reportFailure } from "../delivery/report-failure.js";
import { getPipeline } from "../recording/pipeline.js";
import { openImplicitRun } from "./open-run.js";
import { targetOfId } from "./run-targets.js";

export interface LogOptions {
  /** The run to log to. Default: the active run. If no run is active, a new one starts, which ends with the process. */
  readonly runId?: string;
}

/**
 * Logs data to the run `options.runId`, or to the active run. `check` validates the arguments and returns the function
 * that logs them.
 *
 * Invalid arguments reject at once. Otherwise the promise never rejects: it resolves when the data is stored or lost,
 * and `endRun()` rejects with the losses. The app does not have to await the promise.
 */
export function logToRun(
  options: LogOptions | undefined,
  check: () => (target: RunTarget) => Promise<unknown>,
): Promise<void> {
  let stored: Promise<unknown>;
  try {
    const log = check();
    checkIsOptions(options);
    stored = log(targetToLogTo(options?.runId));
  } catch (cause) {
    reportFailure(cause);
    return withoutUnhandledRejection(Promise.reject(cause));
  }
  const settled = stored.then(ignore, ignore);
  getPipeline().keepAlive.until(settled);
  return settled;
}

function targetToLogTo(runId: string | undefined): RunTarget {
  if (runId !== undefined) return targetOfId(runId);
  return (runToLogTo() ?? openImplicitRun()).target;
}

/** Programs without types may pass another value, such as MLflow's positional arguments in Python. */
function checkIsOptions(options: unknown): void {
  if (options === undefined || typeof options === "object") return;
  throw invalidParameter(
    `The options must be an object such as { runId: "…" }, got ${inspect(options)}.`,
  );
}

/** Returns the same promise, and prevents an unhandled rejection if the app does not await it. */
export function withoutUnhandledRejection<T>(work: Promise<T>): Promise<T> {
  work.catch(ignore);
  return work;
}

/** Returns the same promise and logs a rejection to stderr. `caller` is the public function that returned the promise. */
export function reportRejection<T>(caller: string, work: Promise<T>): Promise<T> {
  work.catch((cause) => reportFailure(cause, { caller }));
  return work;
}

/** The queue reports losses. */
const ignore = () => {};
