import { runToLogTo } from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { reportFailure } from "../delivery/report-failure.js";
import { reportIfIgnored } from "../delivery/report-if-ignored.js";
import { getPipeline } from "../recording/pipeline.js";
import { type OptionKinds, readArguments, readOptions } from "../settings/check-options.js";
import { text } from "../settings/kinds.js";
import { openImplicitRun } from "./open-run.js";
import { targetOfId } from "./run-targets.js";

export interface LogOptions {
  /** The run to log to. Default: the active run. If no run is active, a new one starts, which ends with the process. */
  readonly runId?: string;
}

/** The options of a call, not yet checked. Programs without types may pass any value. */
export interface GivenOptions<Options> {
  /** The public function, for errors. */
  readonly caller: string;
  readonly options: unknown;
  readonly kinds: OptionKinds<Options>;
}

export const LOG_OPTIONS: OptionKinds<LogOptions> = { runId: text };

/** The options of a function that takes {@link LogOptions}. */
export function logOptions(caller: string, options: unknown): GivenOptions<LogOptions> {
  return { caller, options, kinds: LOG_OPTIONS };
}

/**
 * Logs data to the run `options.runId`, or to the active run. `check` receives the options, validates the arguments, and
 * returns the function that logs them.
 *
 * Invalid arguments reject at once, or log a line to stderr if the app does not await the promise. Otherwise the promise
 * never rejects: it resolves when the data is stored or lost, and `endRun()` rejects with the losses.
 */
export function logToRun<Options extends LogOptions = LogOptions>(
  { caller, options = {}, kinds }: GivenOptions<Options>,
  check: (options: Partial<Options>) => (target: RunTarget) => Promise<unknown>,
): Promise<void> {
  let stored: Promise<unknown>;
  try {
    const given: Partial<Options> = readOptions<Options>(caller, options, kinds);
    const log = readArguments(`An argument of ${caller}`, () => check(given));
    stored = log(targetToLogTo(given.runId));
  } catch (cause) {
    return reportIfIgnored(Promise.reject(cause));
  }
  const settled = stored.then(ignore, ignore);
  getPipeline().keepAlive.until(settled);
  return settled;
}

function targetToLogTo(runId: string | undefined): RunTarget {
  if (runId !== undefined) return targetOfId(runId);
  return (runToLogTo() ?? openImplicitRun()).target;
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
