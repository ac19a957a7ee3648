import { getPipeline } from "../pipeline/pipeline.js";
import type { RunWork } from "../pipeline/run-job.js";
import type { RunTarget } from "../pipeline/run-target.js";
import type { RunStatus, RunWrite } from "../store/run-store.js";

/** Fixed costs of a job in memory, and of one point of it. */
const BYTES_PER_JOB = 500;
const BYTES_PER_POINT = 150;

/** Puts a write of a run on its way. Resolves when it is stored; need not be awaited. */
export function putWrite(target: RunTarget, write: RunWrite): Promise<void> {
  return put(target, target, { kind: "write", write }, bytesOfWrite(write));
}

/** Makes the run, if it is not made, before what is put later. */
export function putMaking(target: RunTarget): Promise<void> {
  const work = { kind: "task", perform: async () => {}, performSync: () => {} } as const;
  return put(target, target, work, BYTES_PER_JOB);
}

const files = new WeakMap<RunTarget, Set<Promise<unknown>>>();

/** Puts work with files of a run on its way: one after the other, and beside the run's data. */
export function putFileTask(
  target: RunTarget,
  perform: (runId: string, signal: AbortSignal) => Promise<void>,
  bytes: number,
  performSync?: (runId: string) => void,
): Promise<void> {
  const work = { kind: "task", perform, ...(performSync && { performSync }) } as const;
  const done = put(target, target.fileLane, work, bytes + BYTES_PER_JOB);
  const pending = files.get(target) ?? new Set();
  files.set(target, pending.add(done));
  const forget = () => pending.delete(done);
  done.then(forget, forget);
  return done;
}

/** Writes the end of a run behind the files that were asked for so far, for one that no data is logged to beside them. */
export function putEnd(target: RunTarget, status: RunStatus): Promise<void> {
  const write: RunWrite = { kind: "update", status, endTimeMs: Date.now() };
  return put(target, target.fileLane, { kind: "write", write }, BYTES_PER_JOB);
}

/** Resolves when the files asked for so far are done with, one way or the other. */
export async function waitForFiles(target: RunTarget): Promise<void> {
  const pending = files.get(target);
  if (pending && pending.size > 0) await Promise.allSettled(pending);
}

function put(target: RunTarget, lane: object, work: RunWork, bytes: number): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    const settle = (failure?: Error) => (failure ? reject(failure) : resolve());
    getPipeline().putRunJob({ run: target, lane, work, bytes, settle });
  });
  // Who asked for it has a promise of its own, see told().
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
