import { countOf } from "../base/count-of.js";
import { MlflowException } from "../base/errors.js";
import type { RunTarget } from "../delivery/destination.js";
import { timeOfWrite } from "../delivery/newest-values.js";
import type { FileToLog, PerformTask, RunJob } from "../delivery/run-job.js";
import { getPipeline } from "../recording/pipeline.js";
import type { RunStatus, RunWrite } from "../store/run-store.js";

// The promises of these functions resolve when the data is stored and reject when it is lost. The queue logs losses to
// stderr, so callers do not have to await the promises.

/** Estimated memory of a job, and of one metric point in it. */
const BYTES_PER_JOB = 500;
const BYTES_PER_POINT = 150;

/** Puts a write to a run into the queue. */
export function putWrite(target: RunTarget, write: RunWrite): Promise<void> {
  const work = { kind: "write", write } as const;
  return put({ run: target, lane: target, work, bytes: bytesOfWrite(write) });
}

/** Creates the run, if it does not exist yet, before later writes to it. */
export function putRunCreation(target: RunTarget): Promise<void> {
  const what = "the run itself";
  const nothing = { perform: async () => [], performSync: () => {}, files: () => [] };
  const work = { kind: "task", what, ...nothing } as const;
  return put({ run: target, lane: target, work, bytes: BYTES_PER_JOB });
}

const pendingFileTasks = new WeakMap<RunTarget, Set<Promise<unknown>>>();

export interface FileTask {
  /** The name in reports: `artifact 'a.txt'`. */
  readonly what: string;
  /** The memory that the task holds. */
  readonly bytes: number;
  readonly perform: PerformTask;
  readonly performSync?: ((runId: string) => void) | undefined;
  /** As in `RunWork`. */
  readonly files?: () => readonly FileToLog[] | undefined;
  /** Whether the caller reports a failure itself. The failure does not count as one of the run. */
  readonly callerReports?: boolean;
}

/** Puts a task with files of a run into the queue. File tasks run one at a time, in parallel to the run's other data. */
export function putFileTask(target: RunTarget, task: FileTask): Promise<void> {
  const { what, perform, performSync, files, bytes, callerReports = false } = task;
  const work = {
    ...({ kind: "task", what, perform } as const),
    ...(performSync && { performSync }),
    ...(files && { files }),
  };
  const lane = target.fileLane;
  const done = put({ run: target, lane, work, bytes: bytes + BYTES_PER_JOB, callerReports });
  const pending = pendingFileTasks.get(target) ?? new Set();
  pendingFileTasks.set(target, pending.add(done));
  const forget = () => pending.delete(done);
  done.then(forget, forget);
  return done;
}

/** Ends a run after the file tasks queued so far. For runs that receive only files at that time. */
export function putEnd(target: RunTarget, status: RunStatus): Promise<void> {
  const write: RunWrite = { kind: "update", status, endTimeMs: Date.now() };
  const work = { kind: "write", write } as const;
  return put({ run: target, lane: target.fileLane, work, bytes: BYTES_PER_JOB });
}

/** Resolves when the file tasks queued so far have succeeded or failed. */
export async function waitForFiles(target: RunTarget): Promise<void> {
  const pending = pendingFileTasks.get(target);
  if (pending && pending.size > 0) await Promise.allSettled(pending);
}

function put(job: Omit<RunJob, "settle" | "atMs">): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    const settle = (failure?: Error) => {
      if (failure && !job.callerReports) recordFailure(job.run, failure);
      if (failure) reject(failure);
      else resolve();
    };
    getPipeline().putRunJob({ ...job, atMs: timeOfWrite(), settle });
  });
  done.catch(() => {});
  return done;
}

function bytesOfWrite(write: RunWrite): number {
  if (write.kind === "logInputs") return BYTES_PER_JOB + 2 * JSON.stringify(write.datasets).length;
  if (write.kind !== "logBatch") return BYTES_PER_JOB;
  const texts = [...Object.entries(write.params ?? {}), ...Object.entries(write.tags ?? {})];
  const characters = texts.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return BYTES_PER_JOB + characters * 2 + (write.metrics?.length ?? 0) * BYTES_PER_POINT;
}

/** The data that was lost for a run since it was started in this process. */
interface Failures {
  readonly first: Error;
  count: number;
}

const failures = new WeakMap<RunTarget, Failures>();

function recordFailure(target: RunTarget, failure: Error): void {
  const recorded = failures.get(target);
  if (recorded) recorded.count += 1;
  else failures.set(target, { first: failure, count: 1 });
}

export function forgetFailures(target: RunTarget): void {
  failures.delete(target);
}

/** Throws the first failure of the run; the message has the number of further failures. A second call does not throw. */
export function throwFailures(target: RunTarget): void {
  const recorded = failures.get(target);
  if (!recorded) return;
  failures.delete(target);
  const { first, count } = recorded;
  if (count === 1) throw first;
  const errorCode = first instanceof MlflowException ? first.errorCode : "INTERNAL_ERROR";
  const more = countOf(count - 1, "more failure");
  throw new MlflowException(`${first.message} (and ${more} in this run)`, errorCode, {
    cause: first,
  });
}
