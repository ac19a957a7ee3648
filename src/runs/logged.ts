import type { RunTarget } from "../delivery/destination.js";
import { reportFailure } from "../delivery/report-failure.js";
import { getPipeline } from "../recording/pipeline.js";
import { openImplicitRun } from "./open-run.js";
import { targetToLogTo } from "./run-targets.js";

/**
 * Logs something to the run that is active here, or to the one of `runId`. `check` checks the arguments and returns the
 * function that logs them.
 *
 * Wrong arguments reject at once. After that the promise never rejects: it resolves when the data is stored or lost,
 * and `endRun()` rejects with what was lost. The app need not await it, in whatever way it passes it on.
 */
export function logged(
  runId: string | undefined,
  check: () => (target: RunTarget) => Promise<unknown>,
): Promise<void> {
  let stored: Promise<unknown>;
  try {
    const log = check();
    stored = log(targetToLogTo(runId, openImplicitRun));
  } catch (cause) {
    reportFailure(cause);
    return handled(Promise.reject(cause));
  }
  const settled = stored.then(ignore, ignore);
  getPipeline().keepAlive.until(settled);
  return settled;
}

/** Returns the same promise. It may reject, but does not end the process of an app that does not await it. */
export function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(ignore);
  return work;
}

/** The same, and writes a failure to stderr. `caller` is the function of the public API that returns it. */
export function reported<T>(caller: string, work: Promise<T>): Promise<T> {
  work.catch((cause) => reportFailure(cause, { caller }));
  return work;
}

/** The queue reports what is lost. */
const ignore = () => {};
