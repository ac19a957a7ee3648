import { invalidParameter } from "../base/errors.js";
import { type ActiveRun, currentRun, runInside } from "../context/active-runs.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type Run, RunStatus } from "../store/run-store.js";
import { handled, reported } from "./logged.js";
import { lastOpenedRun, openRun, type StartRunOptions } from "./open-run.js";

/**
 * Starts a run and makes it the active one: `log…()` goes to it and traces made in it name it.
 * Mirrors `mlflow.start_run`.
 *
 * With a callback the run is active in the callback and in all it starts, and nowhere else: several
 * at once do not mix, so servers use this form. It ends FINISHED, or FAILED when the callback
 * throws; its value, or its error, is passed on. When the callback succeeded but data of the run was lost, the promise
 * rejects with that failure. Without one the run is active in the whole process,
 * until {@link endRun}, the end of an `await using` block, or the end of the process.
 *
 * @throws MlflowException INVALID_STATE when another run is active and this one is not `nested`, or
 * the run to go on with is deleted; what the store says when it cannot be made, or is not there.
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
  if (callback) return runWith(options, callback);
  return hold(reported("startRun()", openProcessWide(options)), ANSWER_TIMEOUT_MS);
}

async function openProcessWide(options: StartRunOptions): Promise<ActiveRun> {
  return openRun(options, true).ready;
}

/**
 * An error of the callback ends a process that does not handle it, as in any function. A failure of the run does not:
 * it is reported.
 */
function runWith<T>(
  options: StartRunOptions,
  callback: (run: ActiveRun) => T | PromiseLike<T>,
): Promise<T> {
  const ofTheRun = <R>(work: Promise<R>): Promise<R> => {
    work.catch(() => void handled(result));
    return work;
  };
  const opening = async () => openRun(options, false);
  const result = run();
  return result;

  async function run(): Promise<T> {
    const { opened, ready } = await ofTheRun(reported("startRun()", opening()));
    const active = await ofTheRun(hold(reported("startRun()", ready), ANSWER_TIMEOUT_MS));
    let value: T;
    try {
      value = await runInside(opened, () => callback(active));
    } catch (thrown) {
      // The error of the callback counts.
      await opened.end(RunStatus.FAILED).catch(() => {});
      throw thrown;
    }
    await ofTheRun(opened.end(RunStatus.FINISHED));
    return value;
  }
}

/**
 * Ends the active run, when all that was logged to it before is stored or lost; does nothing when there
 * is none. Mirrors `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status; the first failure of the run when something
 * that was logged to it, or its end, could not be stored.
 */
export function endRun(status: RunStatus = RunStatus.FINISHED): Promise<void> {
  try {
    checkStatus(status);
  } catch (cause) {
    return reported("endRun()", Promise.reject(cause));
  }
  const ended = currentRun()?.end(status);
  // What was lost is reported by the queue.
  return ended ? handled(ended) : Promise.resolve();
}

function checkStatus(status: unknown): void {
  if (typeof status !== "string" || !Object.hasOwn(RunStatus, status)) {
    const valid = Object.keys(RunStatus).map((word) => `'${word}'`);
    throw invalidParameter(
      `Could not get run status corresponding to string ${status}. Valid run status strings: [${valid.join(", ")}]`,
    );
  }
}

/**
 * The run that is active here, as it was when it was started; `getRun()` reads it as it is now.
 * Undefined also while it is still being made. Mirrors `mlflow.active_run`.
 */
export function activeRun(): ActiveRun | undefined {
  return currentRun()?.active;
}

/**
 * The run that is active here, else the one of this process that was started last, as it is now.
 * Mirrors `mlflow.last_active_run`.
 */
export async function lastActiveRun(): Promise<Run | undefined> {
  const { target } = currentRun() ?? lastOpenedRun() ?? {};
  if (!target) return undefined;
  await getPipeline().flush(READ_AFTER_WRITE_MS);
  if (target.id === undefined) return undefined;
  return hold(target.store.getRun(target.id), ANSWER_TIMEOUT_MS);
}
