import type { AutologOptions } from "../settings/options.js";
import type { GroupLimits } from "./group.js";
import { isRunJob, isTraceJob, type Job, settleLost } from "./job.js";
import { type DropReason, FlushQueue } from "./queue.js";
import { sendRunJobs } from "./send-run-jobs.js";
import { logFirstTraceUrl, sendTraces } from "./send-traces.js";

/** MLflow's limit for the metrics of one request. */
const MAX_RUN_JOBS = 1000;

export interface JobQueueEffects {
  /** Called for each run job that is stored. */
  readonly onRunJobStored: () => void;
  /** Called with the numbers of lost traces and run jobs. */
  readonly onLost: (traces: number, runJobs: number, reason: DropReason, cause?: unknown) => void;
}

/** Creates the queue of the process, for traces and run jobs. */
export function createJobQueue(
  options: AutologOptions,
  { onRunJobStored, onLost }: JobQueueEffects,
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
  return new FlushQueue<Job>({
    // A group contains jobs of one kind.
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
        } else logFirstTraceUrl(job);
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
