import { invalidParameter, MlflowException } from "../base/errors.js";
import { shared } from "../base/process-state.js";
import {
  type ActiveRun,
  currentRun,
  makeProcessWide,
  type RunContext,
} from "../context/active-runs.js";
import type { RunTarget } from "../delivery/destination.js";
import { rememberRun } from "../delivery/known-runs.js";
import type { OptionKinds } from "../settings/check-options.js";
import { flag, loggedTags, text } from "../settings/kinds.js";
import { readSettings } from "../settings/settings.js";
import { type Run, RunStatus, RunTagKey } from "../store/run-store.js";
import { OpenedRun } from "./opened-run.js";
import { putRunCreation, putWrite } from "./put.js";
import { type NewRunOptions, newRunTarget, targetOfId } from "./run-targets.js";
import { checkRunId, checkTags } from "./validation.js";

export interface StartRunOptions {
  /** Default: a random name, such as `merry-owl-512`. */
  readonly runName?: string;
  /** Resumes this run: its status becomes RUNNING again. */
  readonly runId?: string;
  /** Default: the active experiment. */
  readonly experimentId?: string;
  /** Required while another run is active, which becomes the parent. Default: false. */
  readonly nested?: boolean;
  /** Makes the run a child of this run. */
  readonly parentRunId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** A description in Markdown, which MLflow's UI shows with the run. */
  readonly description?: string;
}

export const START_OPTIONS: OptionKinds<StartRunOptions> = {
  runName: text,
  runId: text,
  experimentId: text,
  nested: flag,
  parentRunId: text,
  tags: loggedTags,
  description: text,
};

interface LastRun {
  readonly target: RunTarget;
}

const state = shared("startedRuns", () => ({
  last: undefined as LastRun | undefined,
  /** As in Python, only the first run uses MLFLOW_RUN_ID. */
  usedRunId: undefined as string | undefined,
}));

/** The run that this process started last. */
export function lastOpenedRun(): LastRun | undefined {
  return state.last;
}

/** Opens the run that receives data logged while no run is active. */
export function openImplicitRun(): OpenedRun {
  const { opened, isNew, prepare } = makeActive({}, true);
  const prepared: Promise<unknown> = isNew ? createInQueue(opened) : prepare();
  // The calls that log to the run report its failure.
  prepared.catch(() => {});
  return opened;
}

export interface Opening {
  readonly opened: OpenedRun;
  /** Rejects if the run could not be created; the run is no longer active then. */
  readonly ready: Promise<ActiveRun>;
}

/** Makes a run active immediately and creates it in the background. Throws if another run is active. */
export function openRun(options: StartRunOptions, isProcessWide: boolean): Opening {
  const { opened, prepare } = makeActive(options, isProcessWide);
  const ready = prepare();
  ready.catch(() => opened.discard());
  return { opened, ready };
}

interface PreparedRun {
  readonly opened: OpenedRun;
  readonly isNew: boolean;
  /** Creates or resumes the run. */
  readonly prepare: () => Promise<ActiveRun>;
}

function makeActive(options: StartRunOptions, isProcessWide: boolean): PreparedRun {
  const outer = currentRun();
  if (outer && !options.nested) throw alreadyActive(outer);
  const runId = options.runId ?? (isChild(options, outer) ? undefined : runIdOfEnvironment());
  const tags = tagsOf(options);
  const target =
    runId === undefined ? newTarget(options, tags, outer) : targetOfId(checkRunId(runId));
  const opened = new OpenedRun(target, outer, isProcessWide);
  state.last = opened;
  if (isProcessWide) makeProcessWide(opened);
  const prepare = async () => {
    if (runId !== undefined) await resume(target, runId, options.runName, tags);
    else await checkParent(options.parentRunId);
    const run = runId === undefined ? await target.whenCreated() : await readRun(target, runId);
    rememberRun(target, run.info.runId);
    return opened.show(run);
  };
  return { opened, isNew: runId === undefined, prepare };
}

/** Opens a run that does not become active, though `lastActiveRun()` returns it. The caller ends it with `putEnd()`. */
export function openRunBeside(options: NewRunOptions): RunTarget {
  const target = newRunTarget(options);
  state.last = { target };
  putRunCreation(target).then(
    () => target.id !== undefined && rememberRun(target, target.id),
    () => {},
  );
  return target;
}

/** Waits until the queue creates the run, with the queue's retries. */
async function createInQueue(opened: OpenedRun): Promise<void> {
  const { target } = opened;
  await putRunCreation(target);
  // The end of the process has written it to disk: creating it here too would make two runs of it.
  if (target.id === undefined) return;
  const run = await target.whenCreated();
  rememberRun(target, run.info.runId);
  opened.show(run);
}

function newTarget(
  { runName, experimentId, parentRunId }: StartRunOptions,
  tags: Readonly<Record<string, string>>,
  outer: RunContext | undefined,
): RunTarget {
  if (parentRunId === undefined) {
    return newRunTarget({ runName, experimentId, tags, parent: outer?.target });
  }
  checkRunId(parentRunId, "parent_run_id");
  const current = outer?.target.id;
  if (outer && parentRunId !== current) {
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

/** A child is a new run, so MLFLOW_RUN_ID does not apply to it. It is often the parent's id. */
function isChild({ parentRunId }: StartRunOptions, outer: RunContext | undefined): boolean {
  return parentRunId !== undefined || outer !== undefined;
}

function runIdOfEnvironment(): string | undefined {
  const { runId } = readSettings();
  if (runId === undefined || runId === state.usedRunId) return undefined;
  state.usedRunId = runId;
  return runId;
}

function tagsOf({ tags = {}, description }: StartRunOptions): Readonly<Record<string, string>> {
  const checked = checkTags(tags);
  if (description && RunTagKey.NOTE in tags) {
    throw invalidParameter(
      `Description is already set via the tag ${RunTagKey.NOTE} in tags. Remove the key ${RunTagKey.NOTE} from the tags or omit the description.`,
    );
  }
  return description ? { ...checked, ...checkTags({ [RunTagKey.NOTE]: description }) } : checked;
}

function alreadyActive({ target }: RunContext): MlflowException {
  const which = target.id === undefined ? "A run" : `Run with UUID ${target.id}`;
  return new MlflowException(
    `${which} is already active. To start a new run, first end the current run with endRun(). ` +
      "To start a nested run, call startRun with nested: true.",
    "INVALID_STATE",
  );
}
