import { messageOf } from "../base/errors.js";
import { endOutage } from "../base/outages.js";
import type { AutologOptions } from "../settings/options.js";
import type { Verdict } from "../store/store.js";
import type { GroupLimits } from "./group.js";
import {
  isAttachmentJob,
  isRunJob,
  isTraceJob,
  type Job,
  type LostCounts,
  settleLost,
} from "./job.js";
import type { JobAccounts } from "./job-accounts.js";
import { limitsOf } from "./limits.js";
import { FlushQueue } from "./queue.js";
import type { DropReason } from "./queue-options.js";
import { reportKept } from "./report-spooled.js";
import { sendAttachments } from "./send-attachments.js";
import { sendRunJobs } from "./send-run-jobs.js";
import { logFirstTraceUrl, sendTraces, type TraceJob } from "./send-traces.js";
import { storeOf } from "./spool/job-item.js";
import type { Replay } from "./spool/replay.js";
import type { Spool } from "./spool/spool.js";

/** A trace that is late by this time is also written to disk. */
const SENT_AFTER_MS = 700;
/** MLflow's limit for the metrics of one request. */
const MAX_RUN_JOBS = 1000;

export interface JobQueueEffects {
  /** Called for each run job that is stored. */
  readonly onRunJobStored: () => void;
  /** Called after a request that the server has not accepted. */
  readonly onRequestFailed: () => void;
  readonly onLost: (lost: LostCounts, reason: DropReason, cause?: unknown) => void;
  readonly accounts: JobAccounts;
  readonly spool: Spool;
  readonly replay: Replay;
}

/** Creates the queue of the process, for traces, their attachments, and run jobs. */
export function createJobQueue(
  options: AutologOptions,
  { onRunJobStored, onRequestFailed, onLost, accounts, spool, replay }: JobQueueEffects,
): FlushQueue<Job> {
  const runLimits: GroupLimits = {
    keepsOrder: true,
    maxBatchItems: MAX_RUN_JOBS,
    // The app may await the job. Jobs that are put during a request share the next one.
    flushIntervalMs: 0,
    get maxBatchBytes() {
      return options.maxBatchBytes;
    },
    get retryTimeoutMs() {
      return options.retryTimeoutMs;
    },
  };
  // A group contains jobs of one kind.
  const send = (jobs: readonly Job[], signal: AbortSignal) => {
    if (jobs.every(isRunJob)) return sendRunJobs(jobs, signal);
    if (jobs.every(isAttachmentJob)) return sendAttachments(jobs, signal);
    return sendTraces(jobs.filter(isTraceJob), signal);
  };
  return new FlushQueue<Job>({
    send: async (jobs, signal) => {
      spool.beforeSend(jobs);
      const verdicts = await send(jobs, signal);
      // The end of the process has written them already.
      if (signal.aborted || !keepFailed(jobs, verdicts, spool)) return verdicts;
      replay.noteFailed(storeOf(jobs[0]!));
      onRequestFailed();
      return verdicts;
    },
    bytesOf: (job) => countedBytes(job, options),
    sentBytesOf,
    groupOf,
    // A flush reports traces. Their attachments are a part of them.
    isSaved: (job) => spool.holds(job),
    isCounted: (job) => !isAttachmentJob(job) && !job.isReplayed,
    limitsOf: (job) => (isRunJob(job) ? runLimits : undefined),
    onStored: (jobs) => {
      accounts.noteSent(jobs);
      for (const job of jobs) {
        if (isRunJob(job)) {
          job.settle();
          onRunJobStored();
        } else if (isTraceJob(job)) logFirstTraceUrl(job);
      }
      spool.settle(jobs);
      const store = storeOf(jobs[0]!);
      endOutage(store.uri);
      replay.noteStored(store);
    },
    keep: (jobs, reason, cause) => {
      if (reason === "refused") spool.bury(jobs, messageOf(cause));
      const kept = reason === "refused" ? new Set<Job>() : spool.leave(jobs.filter(canLeave));
      // The app does not wait longer for data that is on disk.
      for (const job of kept) if (isRunJob(job)) job.settle();
      replay.noteLeft(kept, reason);
      reportKept(kept, spool.root);
      return kept;
    },
    onDelay: {
      afterMs: () => options.flushIntervalMs + SENT_AFTER_MS,
      save: (jobs) => spool.keep(jobs),
    },
    onDrop: (jobs, reason, cause) => {
      spool.settle(jobs);
      accounts.noteDropped(jobs, reason, cause);
      onLost(settleLost(jobs, reason, cause), reason, cause);
    },
    limits: limitsOf(options),
  });
}

/** Whether a job may leave the queue for the disk while the process runs. The process needs the id of a run that it creates. */
function canLeave(job: Job): boolean {
  return !isRunJob(job) || job.isReplayed === true || job.run.id !== undefined;
}

/** Writes the jobs that are not stored to disk. Returns whether the whole request failed: otherwise the server works. */
function keepFailed(jobs: readonly Job[], verdicts: readonly Verdict[], spool: Spool): boolean {
  const failed = jobs.filter((_, index) => {
    const { state } = verdicts[index] ?? { state: "retry" };
    return state === "retry" || state === "blocked";
  });
  if (failed.length === 0) return false;
  spool.keep(failed);
  return failed.length === jobs.length;
}

/** Puts a trace and its attachments, or the trace alone if both together do not fit. */
export function putTrace(queue: FlushQueue<Job>, spool: Spool, job: TraceJob): void {
  const { attachments } = job;
  const hasRoom = attachments && queue.hasRoom(job.bytes + attachments.bytes);
  if (!hasRoom) attachments?.omit();
  const jobs = hasRoom && attachments.isSeparate ? [attachments, job] : [job];
  spool.beforePut(jobs);
  for (const one of jobs) queue.put(one);
}

/** Jobs of one key share requests. */
function groupOf(job: Job): object {
  if (isRunJob(job)) return job.lane;
  return isAttachmentJob(job) ? job.destination.attachmentLane : job.destination;
}

/** Half of what is for callers that wait. */
const REPLAYED_SHARE = 1 / 16;

/**
 * The memory of a job. One from disk counts as at most this share of the queue: a process with a larger queue may have written
 * it, and otherwise the queue would move it back to disk, again and again.
 */
export function countedBytes(job: Job, { maxQueueBytes }: Pick<AutologOptions, "maxQueueBytes">) {
  const bytes = job.bytes + bytesOfMedia(job);
  return job.isReplayed ? Math.min(bytes, maxQueueBytes * REPLAYED_SHARE) : bytes;
}

function sentBytesOf(job: Job): number {
  return isTraceJob(job) ? job.sentBytes + bytesOfMedia(job) : job.bytes;
}

/** Of media that is sent with its trace. */
function bytesOfMedia(job: Job): number {
  if (!isTraceJob(job) || !job.attachments || job.attachments.isSeparate) return 0;
  return job.attachments.bytes;
}
