import { invalidParameter, MlflowException } from "../base/errors.js";
import { shared } from "../base/process-state.js";
import {
  type ActiveRun,
  currentRun,
  makeProcessWide,
  type RunContext,
} from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { readSettings } from "../settings/settings.js";
import { type Run, RunStatus, RunTagKey } from "../store/run-store.js";
import { type NewRunOptions, newRunTarget } from "./new-run.js";
import { OpenedRun } from "./opened-run.js";
import { putMaking, putWrite } from "./put.js";
import { rememberTarget, targetOfId } from "./run-targets.js";
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

interface LastRun {
  readonly target: RunTarget;
}

const state = shared("startedRuns", () => ({
  last: undefined as LastRun | undefined,
  /** MLFLOW_RUN_ID is for the first run only, as in Python. */
  usedRunId: undefined as string | undefined,
}));

/** The run of this process that was started last. */
export function lastOpenedRun(): LastRun | undefined {
  return state.last;
}

/** The run that is opened where something is logged and none is active. */
export function openImplicitRun(): OpenedRun {
  return openRun({}, true, true).opened;
}

interface Opening {
  readonly opened: OpenedRun;
  /** Rejects when it could not be made: it is active no more then. */
  readonly ready: Promise<ActiveRun>;
}

/** Starts a run here, at once; what it takes to make it follows. Throws where another one is active. */
export function openRun(options: StartRunOptions, isProcessWide: boolean, isLazy = false): Opening {
  const around = currentRun();
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

/** A run that is nobody's active run, though it is the last one; whoever opens it ends it, with {@link putEnd}. */
export function openRunBeside(options: NewRunOptions): RunTarget {
  const target = newRunTarget(options);
  state.last = { target };
  putMaking(target).then(
    () => target.id !== undefined && rememberTarget(target, target.id),
    () => {},
  );
  return target;
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
  around: RunContext | undefined,
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

function alreadyActive({ target }: RunContext): MlflowException {
  const which = target.id === undefined ? "A run" : `Run with UUID ${target.id}`;
  return new MlflowException(
    `${which} is already active. To start a new run, first end the current run with endRun(). ` +
      "To start a nested run, call startRun with nested: true.",
    "INVALID_STATE",
  );
}
