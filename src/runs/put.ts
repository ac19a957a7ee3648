import type { RunTarget } from "../delivery/destination.js";
import type { RunJob } from "../delivery/run-job.js";
import { getPipeline } from "../recording/pipeline.js";
import type { RunStatus, RunWrite } from "../store/run-store.js";
import { noteFailure } from "./run-failures.js";

// The promises of these functions resolve when the work is done, and reject when it is lost, which is reported on
// stderr. They need not be awaited.

/** Fixed costs of a job in memory, and of one point of it. */
const BYTES_PER_JOB = 500;
const BYTES_PER_POINT = 150;

/** Puts a write of a run into the queue. */
export function putWrite(target: RunTarget, write: RunWrite): Promise<void> {
  const work = { kind: "write", write } as const;
  return put({ run: target, lane: target, work, bytes: bytesOfWrite(write) });
}

/** Makes the run, if it is not made, before what is put later. */
export function putMaking(target: RunTarget): Promise<void> {
  const what = "the run itself";
  const work = { kind: "task", what, perform: async () => {}, performSync: () => {} } as const;
  return put({ run: target, lane: target, work, bytes: BYTES_PER_JOB });
}

const files = new WeakMap<RunTarget, Set<Promise<unknown>>>();

export interface FileTask {
  /** Names it in reports: `artifact 'a.txt'`. */
  readonly what: string;
  /** Held in memory for it. */
  readonly bytes: number;
  readonly perform: (runId: string, signal: AbortSignal) => Promise<void>;
  readonly performSync?: ((runId: string) => void) | undefined;
  /** The caller reports a failure itself, and it is no failure of the run. */
  readonly callerReports?: boolean;
}

/** Puts work with files of a run into the queue: one after the other, and beside the run's data. */
export function putFileTask(target: RunTarget, task: FileTask): Promise<void> {
  const { what, perform, performSync, bytes, callerReports = false } = task;
  const work = { kind: "task", what, perform, ...(performSync && { performSync }) } as const;
  const lane = target.fileLane;
  const done = put({ run: target, lane, work, bytes: bytes + BYTES_PER_JOB, callerReports });
  const pending = files.get(target) ?? new Set();
  files.set(target, pending.add(done));
  const forget = () => pending.delete(done);
  done.then(forget, forget);
  return done;
}

/** Writes the end of a run behind the files that were asked for so far, for one that no data is logged to beside them. */
export function putEnd(target: RunTarget, status: RunStatus): Promise<void> {
  const write: RunWrite = { kind: "update", status, endTimeMs: Date.now() };
  const work = { kind: "write", write } as const;
  return put({ run: target, lane: target.fileLane, work, bytes: BYTES_PER_JOB });
}

/** Resolves when the files asked for so far are stored or lost. */
export async function waitForFiles(target: RunTarget): Promise<void> {
  const pending = files.get(target);
  if (pending && pending.size > 0) await Promise.allSettled(pending);
}

function put(job: Omit<RunJob, "settle">): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    const settle = (failure?: Error) => {
      if (failure && !job.callerReports) noteFailure(job.run, failure);
      if (failure) reject(failure);
      else resolve();
    };
    getPipeline().putRunJob({ ...job, settle });
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
