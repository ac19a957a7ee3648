import { debug, guard } from "../base/log.js";
import type { AutologOptions } from "../settings/options.js";
import { Copies } from "./copies.js";
import { onProcessEnd } from "./exit.js";
import { type FlushCounts, NOTHING_SETTLED } from "./flush.js";
import { holdUntil, KeepAlive } from "./hold.js";
import { createJobQueue, type JobQueueEffects, putTrace } from "./job-queue.js";
import type { Losses } from "./losses.js";
import { createProcessEnd, type OpenWork } from "./process-end.js";
import type { RunJob } from "./run-job.js";
import type { TraceJob } from "./send-traces.js";
import type { Tracking } from "./tracking.js";

/** The queue. Timers, `flush()` and the end of the process deliver its data. */
export interface Delivery {
  /** Keeps the process alive while calls of the app wait for the delivery of data that they logged. */
  readonly keepAlive: KeepAlive;
  putTrace(job: TraceJob): void;
  /**
   * Calls `put`, which puts a trace of this size, as soon as the queue has room for it. Resolves after that. Never rejects.
   */
  putWhenRoom(bytes: number, put: () => void): Promise<void>;
  /** Whether a complete trace is in the queue: not stored yet, and not dropped. */
  holdsTrace(traceId: string): boolean;
  putRunJob(job: RunJob): void;
  /**
   * Delivers the data of all complete traces and of runs. First completes the traces that only wait for branches that are
   * still running. Never rejects. `withCopies`: also waits for the copies of traces for OpenTelemetry.
   */
  flush(timeoutMs: number, withCopies?: boolean): Promise<FlushCounts>;
  /** Installs the hooks for the end of the process. Call it when there is data to deliver. */
  watchProcessEnd(): void;
  /**
   * Adds a function that stops work when a signal ends the process, before open traces and runs are ended. Its promise
   * resolves when the results of the work are in the queue. Returns a function that removes it.
   */
  addWorkToStop(stop: () => Promise<void>): () => void;
}

export function createDelivery(
  options: AutologOptions,
  tracking: Tracking,
  losses: Losses,
  openWork: OpenWork,
): Delivery {
  const onLost: JobQueueEffects["onLost"] = (lost, reason, cause) => {
    if (lost.runJobs > 0) losses.count(reason, lost.runJobs);
    if (lost.traces > 0) losses.report(reason, lost.traces, cause);
    if (lost.attachments > 0) losses.report(`attachment_${reason}`, lost.attachments, cause);
  };
  // Uses half of the exit timeout. The other half remains for the delivery at the natural end of the process.
  const keepAlive = new KeepAlive(() => options.exitTimeoutMs / 2);
  const onRunJobStored = () => keepAlive.noteProgress();
  const queue = createJobQueue(options, { onRunJobStored, onLost });

  const copies = new Copies(options, losses);
  const sealSettled = guard("sealing", () => openWork.sealSettled());
  const drain = async (timeoutMs: number) => {
    if (timeoutMs > 0 && tracking.undrained() > 0) await holdUntil(tracking.drain(), timeoutMs);
  };
  const flush = async (timeoutMs: number, withCopies = false) => {
    const startedAtMs = performance.now();
    let counts = NOTHING_SETTLED;
    try {
      sealSettled();
      const copied = withCopies ? copies.flush(timeoutMs) : undefined;
      counts = await queue.flush(timeoutMs);
      await drain(timeoutMs - (performance.now() - startedAtMs));
      await copied;
    } catch (cause) {
      debug("flushing failed: %o", cause);
    }
    return counts;
  };
  const exitTimeoutMs = () => options.exitTimeoutMs;
  const work = new Set<() => Promise<void>>();
  const stopWork = () => {
    if (work.size === 0) return undefined;
    return Promise.allSettled([...work].map((stop) => stop()));
  };
  const end = createProcessEnd({
    ...{ queue, copies, openWork, tracking, keepAlive, onLost, exitTimeoutMs, stopWork },
    flush: (timeoutMs) => flush(timeoutMs, true),
  });
  const watchProcessEnd = () => void onProcessEnd(end);

  return {
    keepAlive,
    putTrace: (job) => putTrace(queue, copies.follow(job)),
    putWhenRoom: (bytes, put) => queue.putWhenRoom(bytes, put),
    holdsTrace: (traceId) => queue.some((job) => "traceId" in job && job.traceId === traceId),
    putRunJob: (job) => {
      watchProcessEnd();
      if (end.hasStopped) end.spillNow([job]);
      else queue.put(job);
    },
    flush,
    watchProcessEnd,
    addWorkToStop: (stop) => {
      work.add(stop);
      return () => void work.delete(stop);
    },
  };
}
