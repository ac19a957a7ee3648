import { debug, guard } from "../base/log.js";
import { exitTimeoutOf } from "../settings/exit-timeout.js";
import type { AutologOptions } from "../settings/options.js";
import { Copies } from "./copies.js";
import { onProcessEnd } from "./exit.js";
import { type FlushResult, NOTHING_SETTLED } from "./flush.js";
import type { Failure } from "./group.js";
import { holdUntil, KeepAlive } from "./hold.js";
import { isTraceJob, type Job } from "./job.js";
import { JobAccounts } from "./job-accounts.js";
import { countedBytes, createJobQueue, type JobQueueEffects, putTrace } from "./job-queue.js";
import type { Losses } from "./losses.js";
import { createProcessEnd, type OpenWork } from "./process-end.js";
import type { FlushQueue } from "./queue.js";
import type { RunJob } from "./run-job.js";
import type { TraceJob } from "./send-traces.js";
import { Replay } from "./spool/replay.js";
import { Spool } from "./spool/spool.js";
import type { Stats } from "./stats.js";
import type { Tracking } from "./tracking.js";

const ON_DISK: Failure = {
  state: "blocked",
  cause: new Error("it is on disk"),
};

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
  /**
   * Why a complete trace of this process is not stored yet. Undefined if no attempt has failed, or if it is stored, dropped or not of
   * this process.
   */
  delayOf(traceId: string): Failure | undefined;
  stats(): Stats;
  putRunJob(job: RunJob): void;
  /**
   * Delivers the data of all complete traces and of runs. First completes the traces that only wait for branches that are
   * still running. Never rejects. `withCopies`: also waits for the copies of traces for OpenTelemetry.
   */
  flush(timeoutMs: number, withCopies?: boolean): Promise<FlushResult>;
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
  // Uses half of the exit timeout. The other half remains for the delivery at the natural end of the process. The timeout is
  // that of data on disk only after a failure: a server that is slow has more time to answer.
  const keepAlive = new KeepAlive(
    (isFailing) => exitTimeoutOf(options, isFailing && isSpooled()) / 2,
  );
  const onRunJobStored = () => keepAlive.noteProgress();
  const onRequestFailed = () => keepAlive.noteFailure();
  const accounts = new JobAccounts();
  const spool = new Spool(options, losses, accounts);
  const replay = new Replay(spool, (job) =>
    queue.putWhenRoom(countedBytes(job, options), () => {
      accounts.noteReturned(job);
      queue.put(job);
    }),
  );
  const effects = { onRunJobStored, onRequestFailed, onLost, accounts, spool, replay };
  const queue: FlushQueue<Job> = createJobQueue(options, effects);

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
  const flushAndReplay = async (timeoutMs: number) => {
    const endMs = performance.now() + timeoutMs;
    const leftMs = () => endMs - performance.now();
    const counts = await flush(timeoutMs, true);
    // The server has stored something, so what earlier processes have left is sent too.
    if (replay.isActive && leftMs() > 0) {
      await holdUntil(replay.idle(), leftMs());
      await flush(leftMs());
    }
    return counts;
  };
  // What other processes have left stays on disk, so its replay stops after the time for data on disk. The optional fields of its
  // traces are in memory only, and would otherwise extend the time.
  const flushAtEnd = async (timeoutMs: number) => {
    const timer = setTimeout(() => replay.stop(), exitTimeoutOf(options, true)).unref();
    try {
      return await flushAndReplay(timeoutMs);
    } finally {
      clearTimeout(timer);
      replay.resume();
    }
  };
  // The optional fields of stored traces are only in memory.
  const isSpooled = () =>
    tracking.undrained() === 0 && [...queue.groups.items()].every((job) => spool.canKeep(job));
  const exitTimeoutMs = () => exitTimeoutOf(options, isSpooled());
  const work = new Set<() => Promise<void>>();
  const stopWork = () => {
    if (work.size === 0) return undefined;
    return Promise.allSettled([...work].map((stop) => stop()));
  };
  const end = createProcessEnd({
    ...{ queue, spool, replay, copies, openWork, tracking, keepAlive, accounts, losses },
    ...{ exitTimeoutMs, stopWork },
    flush: flushAtEnd,
  });
  const find = (traceId: string) => {
    for (const job of queue.groups.items()) {
      if (isTraceJob(job) && job.traceId === traceId) return job;
    }
    return undefined;
  };
  const watchProcessEnd = () => void onProcessEnd(end);

  return {
    keepAlive,
    putTrace: (job) => putTrace(queue, spool, copies.follow(job)),
    putWhenRoom: (bytes, put) => queue.putWhenRoom(bytes, put),
    holdsTrace: (traceId) => find(traceId) !== undefined,
    delayOf: (traceId) => {
      const job = find(traceId);
      if (job) return queue.groups.failureOf(job);
      return accounts.traces.isOnDisk(traceId) ? ON_DISK : undefined;
    },
    stats: () => ({
      open: openWork.size,
      ...accounts.counts(queue.groups.items(), (job) => spool.holds(job)),
      copies: copies.counts(),
      losses: { ...losses.counts },
    }),
    putRunJob: (job) => {
      watchProcessEnd();
      if (end.hasStopped) {
        end.spillNow([job]);
        return;
      }
      spool.beforePut([job]);
      queue.put(job);
    },
    flush,
    watchProcessEnd,
    addWorkToStop: (stop) => {
      work.add(stop);
      return () => void work.delete(stop);
    },
  };
}
