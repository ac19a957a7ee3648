import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { type ActiveRun, currentRun, runInside } from "../context/active-runs.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { reportIfIgnored } from "../delivery/report-if-ignored.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkArgument, readOptions } from "../settings/check-options.js";
import { kindOf } from "../settings/kinds.js";
import { type Run, RunStatus } from "../store/run-store.js";
import { reportRejection, withoutUnhandledRejection } from "./log-to-run.js";
import {
  lastOpenedRun,
  type Opening,
  openRun,
  START_OPTIONS,
  type StartRunOptions,
} from "./open-run.js";

const CALLER = "startRun()";

/**
 * Starts a run and makes it the active run: the `log…()` functions log to it, and traces recorded in it link to it.
 * Mirrors `mlflow.start_run`.
 *
 * With a callback, the run is active in the callback and in the asynchronous work that the callback starts. Concurrent
 * runs do not mix, so use this form in servers. The run ends as FINISHED, or as FAILED if the callback throws. The
 * promise resolves with the callback's value or rejects with its error; if the callback succeeds but data of the run is
 * lost, the promise rejects with that failure.
 *
 * Without a callback, the run is active in the whole process until {@link endRun}, the end of an `await using` block, or
 * the end of the process.
 *
 * @throws MlflowException INVALID_STATE if another run is active and `nested` is not set, or if the run to resume is
 * deleted. RESOURCE_DOES_NOT_EXIST if the run to resume does not exist. Errors of the store if it cannot create the run.
 */
export function startRun<T>(
  options: StartRunOptions,
  callback: (run: ActiveRun) => T | PromiseLike<T>,
): Promise<T>;
export function startRun<T>(callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
export function startRun(options?: StartRunOptions): Promise<ActiveRun>;
export function startRun<T>(
  first: StartRunOptions | ((run: ActiveRun) => T | PromiseLike<T>) = {},
  second?: (run: ActiveRun) => T | PromiseLike<T>,
): Promise<T | ActiveRun> {
  const [options, callback] = typeof first === "function" ? [{}, first] : [first, second];
  let opening: Opening;
  try {
    const given = readOptions(CALLER, options, START_OPTIONS);
    if (callback !== undefined) checkArgument(CALLER, "callback", A_FUNCTION, callback);
    opening = openRun(given, callback === undefined);
  } catch (cause) {
    return reportIfIgnored(Promise.reject(cause), { caller: CALLER });
  }
  if (callback) return runWith(opening, callback);
  return whenReady(opening);
}

const A_FUNCTION = kindOf("a function", (value) => typeof value === "function");

function whenReady({ ready }: Opening): Promise<ActiveRun> {
  return hold(reportRejection(CALLER, ready), ANSWER_TIMEOUT_MS);
}

/**
 * A rejection with an error of the callback is the app's to handle, as with any function. A rejection with a failure of
 * the run is logged to stderr and does not end a process that ignores it.
 */
function runWith<T>(
  opening: Opening,
  callback: (run: ActiveRun) => T | PromiseLike<T>,
): Promise<T> {
  const { opened } = opening;
  const ofTheRun = <R>(work: Promise<R>): Promise<R> => {
    work.catch(() => void withoutUnhandledRejection(result));
    return work;
  };
  const result = run();
  return result;

  async function run(): Promise<T> {
    const active = await ofTheRun(whenReady(opening));
    let value: T;
    try {
      value = await runInside(opened, () => callback(active));
    } catch (thrown) {
      // The callback's error takes precedence over failures of the run.
      await opened.end(RunStatus.FAILED).catch(() => {});
      throw thrown;
    }
    await ofTheRun(opened.end(RunStatus.FINISHED));
    return value;
  }
}

/**
 * Ends the active run after all data logged so far is stored or lost. Does nothing if no run is active. Mirrors
 * `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status. The first failure of the run if data logged to
 * it, or its final status, could not be stored.
 */
export function endRun(status: RunStatus = RunStatus.FINISHED): Promise<void> {
  try {
    checkStatus(status);
  } catch (cause) {
    return reportIfIgnored(Promise.reject(cause), { caller: "endRun()" });
  }
  const ended = currentRun()?.end(status);
  // The queue logs losses.
  return ended ? withoutUnhandledRejection(ended) : Promise.resolve();
}

function checkStatus(status: unknown): void {
  const isText = typeof status === "string";
  if (!isText || !Object.hasOwn(RunStatus, status)) {
    const valid = Object.keys(RunStatus).map((word) => `'${word}'`);
    throw invalidParameter(
      `Could not get run status corresponding to string ${isText ? status : show(status)}. Valid run status strings: [${valid.join(", ")}]`,
    );
  }
}

/**
 * Returns the active run, in its state at the start; `getRun()` returns its current state. Undefined if no run is active
 * or the run is not created yet. Mirrors `mlflow.active_run`.
 */
export function activeRun(): ActiveRun | undefined {
  return currentRun()?.active;
}

/**
 * Returns the current state of the active run, or of the run that this process started last. Mirrors
 * `mlflow.last_active_run`.
 */
export async function lastActiveRun(): Promise<Run | undefined> {
  const { target } = currentRun() ?? lastOpenedRun() ?? {};
  if (!target) return undefined;
  await getPipeline().flush(READ_AFTER_WRITE_MS);
  if (target.id === undefined) return undefined;
  return hold(target.store.getRun(target.id), ANSWER_TIMEOUT_MS);
}
