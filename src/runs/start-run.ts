import { readSettings } from "../config/settings.js";
import { currentRun, makeProcessWide, runInside } from "../context/active-runs.js";
import { invalidParameter, MlflowException } from "../errors.js";
import { hold } from "../export/hold.js";
import { getPipeline } from "../pipeline/pipeline.js";
import type { RunTarget } from "../pipeline/run-target.js";
import { shared } from "../shared.js";
import { type Run, RunStatus, RunTagKey } from "../store/run-store.js";
import { newRunTarget } from "./new-run.js";
import { type ActiveRun, OpenedRun } from "./opened-run.js";
import { putMaking, putWrite } from "./put.js";
import { rememberTarget, targetOfId } from "./run-targets.js";
import { tell, told } from "./told.js";
import { checkRunId, checkTag } from "./validation.js";

export interface StartRunOptions {
  /** Default: a random one, such as `merry-owl-512`. */
  readonly runName?: string;
  /** Goes on with this run, which is RUNNING again. */
  readonly runId?: string;
  /** Default: the experiment in force. */
  readonly experimentId?: string;
  /** Needed while another run is active: that becomes its parent. Default: false. */
  readonly nested?: boolean;
  /** Makes it a child of this run. */
  readonly parentRunId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Shown with the run, in Markdown. */
  readonly description?: string;
}

/** How long a process is kept alive for a run that somebody waits for. */
const ANSWER_TIMEOUT_MS = 120_000;

const state = shared("startedRuns", () => ({
  last: undefined as OpenedRun | undefined,
  /** MLFLOW_RUN_ID is for the first run only, as in Python. */
  usedRunId: undefined as string | undefined,
}));

/**
 * Starts a run and makes it the active one: `log…()` goes to it and traces made in it name it.
 * Mirrors `mlflow.start_run`.
 *
 * With a callback the run is active in the callback and in all it starts, and nowhere else: several
 * at once do not mix, so servers use this form. It ends FINISHED, or FAILED when the callback throws; its value, or
 * its error, is passed on. Without one the run is active in the whole process, until
 * {@link endRun}, the end of an `await using` block, or the end of the process.
 *
 * @throws MlflowException when another run is active and this one is not `nested`; the promise
 * rejects when the run cannot be made, or found by `runId`.
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
  return told(() => hold(open(options, true).ready, ANSWER_TIMEOUT_MS));
}

async function runWith<T>(
  options: StartRunOptions,
  callback: (run: ActiveRun) => T | PromiseLike<T>,
): Promise<T> {
  const { opened, ready } = open(options, false);
  const active = await hold(ready, ANSWER_TIMEOUT_MS);
  let status: RunStatus = RunStatus.FAILED;
  try {
    const value = await runInside(opened, () => callback(active));
    status = RunStatus.FINISHED;
    return value;
  } finally {
    // What came of the callback is what counts.
    await opened.end(status).catch(tell);
  }
}

/** The run that is opened where something is logged and none is active. */
export function openImplicitRun(): OpenedRun {
  return open({}, true, true).opened;
}

interface Opening {
  readonly opened: OpenedRun;
  /** Rejects when it could not be made: it is active no more then. */
  readonly ready: Promise<ActiveRun>;
}

function open(options: StartRunOptions, isProcessWide: boolean, isLazy = false): Opening {
  const around = currentRun() as OpenedRun | undefined;
  if (around && !options.nested) throw alreadyActive(around);
  const runId = options.runId ?? runIdOfEnvironment();
  const tags = tagsOf(options);
  const target =
    runId === undefined ? newTarget(options, tags, around) : targetOfId(checkRunId(runId));
  const opened = new OpenedRun(target, around, isProcessWide);
  state.last = opened;
  if (isProcessWide) makeProcessWide(opened);
  const prepare = async () => {
    if (runId !== undefined) await resume(target, runId, options.runName, tags);
    else await checkParent(options.parentRunId);
    const run = runId === undefined ? await target.made() : await readRun(target, runId);
    rememberTarget(target, run.info.runId);
    return opened.show(run);
  };
  const ready = isLazy && runId === undefined ? whenMade(opened) : prepare();
  ready.catch(() => {
    if (!isLazy) opened.discard();
  });
  return { opened, ready };
}

/** The first data logged to it makes it, through the queue and its retries. */
async function whenMade(opened: OpenedRun): Promise<ActiveRun> {
  await putMaking(opened.target);
  const run = await opened.target.made();
  rememberTarget(opened.target, run.info.runId);
  return opened.show(run);
}

function newTarget(
  { runName, experimentId, parentRunId }: StartRunOptions,
  tags: Readonly<Record<string, string>>,
  around: OpenedRun | undefined,
): RunTarget {
  if (parentRunId === undefined) {
    return newRunTarget({ runName, experimentId, tags, parent: around?.target });
  }
  checkRunId(parentRunId, "parent_run_id");
  const current = around?.target.id;
  if (around && parentRunId !== current) {
    throw new MlflowException(
      `Current run with UUID ${current} does not match the specified parent_run_id ${parentRunId}. ` +
        `To start a new nested run under the parent run with UUID ${current}, first end the current run with endRun().`,
      "INVALID_PARAMETER_VALUE",
    );
  }
  return newRunTarget({ runName, experimentId, tags, parent: targetOfId(parentRunId) });
}

async function checkParent(parentRunId: string | undefined): Promise<void> {
  if (parentRunId === undefined) return;
  const parent = await readRun(targetOfId(parentRunId), parentRunId);
  if (parent.info.lifecycleStage !== "deleted") return;
  throw new MlflowException(
    `Cannot start run under parent run with ID ${parentRunId} because it is in the deleted state.`,
    "INVALID_STATE",
  );
}

async function resume(
  target: RunTarget,
  runId: string,
  runName: string | undefined,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const { info } = await readRun(target, runId);
  if (info.lifecycleStage === "deleted") {
    throw new MlflowException(
      `Cannot start run with ID ${runId} because it is in the deleted state.`,
      "INVALID_STATE",
    );
  }
  const name = runName === undefined ? {} : { runName };
  const update = putWrite(target, { kind: "update", status: RunStatus.RUNNING, ...name });
  if (Object.keys(tags).length > 0) await putWrite(target, { kind: "logBatch", tags });
  await update;
}

async function readRun(target: RunTarget, runId: string): Promise<Run> {
  const run = await target.store.getRun(runId);
  if (!run) throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  target.destination.knownId = run.info.experimentId;
  return run;
}

function runIdOfEnvironment(): string | undefined {
  const { runId } = readSettings();
  if (runId === undefined || runId === state.usedRunId) return undefined;
  state.usedRunId = runId;
  return runId;
}

function tagsOf({ tags = {}, description }: StartRunOptions): Readonly<Record<string, string>> {
  const checked = Object.entries(tags).map(([key, value]) => checkTag(key, value));
  if (description && RunTagKey.NOTE in tags) {
    throw invalidParameter(
      `Description is already set via the tag ${RunTagKey.NOTE} in tags. Remove the key ${RunTagKey.NOTE} from the tags or omit the description.`,
    );
  }
  const note = description ? [checkTag(RunTagKey.NOTE, description)] : [];
  return Object.fromEntries([...checked, ...note]);
}

function alreadyActive({ target }: OpenedRun): MlflowException {
  const which = target.id === undefined ? "A run" : `Run with UUID ${target.id}`;
  return new MlflowException(
    `${which} is already active. To start a new run, first end the current run with endRun(). ` +
      "To start a nested run, call startRun with nested: true.",
    "INVALID_STATE",
  );
}

/**
 * Ends the active run, when all that was logged to it before is delivered; does nothing when there
 * is none. Mirrors `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status; the promise rejects when
 * the store does not take the end.
 */
export function endRun(status: RunStatus = RunStatus.FINISHED): Promise<void> {
  return told(async () => {
    checkStatus(status);
    await (currentRun() as OpenedRun | undefined)?.end(status);
  });
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
 * The run that is active here, as it was when it was started; {@link getRun} reads it as it is now. Mirrors
 * `mlflow.active_run`.
 */
export function activeRun(): ActiveRun | undefined {
  return (currentRun() as OpenedRun | undefined)?.active;
}

/** The run that is active here, else the one of this process that was started last, as it is now. Mirrors `mlflow.last_active_run`. */
export async function lastActiveRun(): Promise<Run | undefined> {
  const opened = (currentRun() as OpenedRun | undefined) ?? state.last;
  const runId = opened?.target.id;
  if (!opened || runId === undefined) return undefined;
  await getPipeline().flush(READ_AFTER_WRITE_MS);
  return hold(opened.target.store.getRun(runId), ANSWER_TIMEOUT_MS);
}

/** How long reads wait for what this process has logged and not yet delivered. */
const READ_AFTER_WRITE_MS = 5000;
