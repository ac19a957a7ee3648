import type { AutologOptions } from "../settings/options.js";
import type { GroupLimits } from "./group.js";
import { isRunJob, isTraceJob, type Job, settleLost } from "./job.js";
import { type DropReason, FlushQueue } from "./queue.js";
import { sendTraces, tellFirstTrace } from "./send.js";
import { sendRunJobs } from "./send-run-jobs.js";

/** The metrics one request takes. */
const MAX_RUN_JOBS = 1000;

export interface JobQueueEffects {
  /** Something of a run is stored. */
  readonly onRunJobStored: () => void;
  /** Traces and data of runs that are lost. */
  readonly onLost: (traces: number, runJobs: number, reason: DropReason, cause?: unknown) => void;
}

/** The one queue of the process, for traces and for what is done for runs. */
export function createJobQueue(
  options: AutologOptions,
  { onRunJobStored, onLost }: JobQueueEffects,
): FlushQueue<Job> {
  const runLimits: GroupLimits = {
    keepsOrder: true,
    maxBatchItems: MAX_RUN_JOBS,
    // Somebody may wait for it; what comes while it is sent goes together.
    flushIntervalMs: 0,
    get maxBatchBytes() {
      return options.maxBatchBytes;
    },
    get retryTimeoutMs() {
      return options.retryTimeoutMs;
    },
  };
  return new FlushQueue<Job>({
    // A group has jobs of one kind.
    send: (jobs, signal) =>
      jobs.every(isRunJob)
        ? sendRunJobs(jobs, signal)
        : sendTraces(jobs.filter(isTraceJob), signal),
    bytesOf: (job) => job.bytes,
    groupOf: (job) => (isRunJob(job) ? job.lane : job.destination),
    limitsOf: (job) => (isRunJob(job) ? runLimits : undefined),
    onStored: (jobs) => {
      for (const job of jobs) {
        if (isRunJob(job)) {
          job.settle();
          onRunJobStored();
        } else tellFirstTrace(job);
      }
    },
    onDrop: (jobs, reason, cause) => {
      const runJobs = settleLost(jobs, reason, cause);
      onLost(jobs.length - runJobs, runJobs, reason, cause);
    },
    get maxQueueBytes() {
      return options.maxQueueBytes;
    },
    get maxBatchItems() {
      return options.maxBatchTraces;
    },
    get maxBatchBytes() {
      return options.maxBatchBytes;
    },
    get flushIntervalMs() {
      return options.flushIntervalMs;
    },
    get retryTimeoutMs() {
      return options.retryTimeoutMs;
    },
  });
}
