import { MlflowException } from "../errors.js";
import type { DropReason } from "../export/queue.js";
import { warnOnce } from "../log.js";
import type { Call } from "../trace/call.js";
import type { RunJob } from "./run-job.js";

/** What waits in the queue: a trace on its way, or something to be done for a run. */
export type Job = Call | RunJob;

export function isRunJob(job: Job): job is RunJob {
  return "lane" in job;
}

const LOSSES: Readonly<Record<DropReason, string>> = {
  queue_full: "more of it waited to be sent than `maxQueueBytes`",
  refused: "the store refused it",
  retry_timeout: "sending it failed for `retryTimeoutMs`",
  blocked: "the store takes nothing from us",
  exit_timeout: "the process ended first",
};

/** Tells who asked for jobs that they are lost. Returns how many those were: of traces nobody is told. */
export function settleLost(jobs: readonly Job[], reason: DropReason, cause?: unknown): number {
  const lost = jobs.filter(isRunJob);
  if (lost.length === 0) return 0;
  const failure =
    cause instanceof Error
      ? cause
      : new MlflowException(`Data of a run is lost: ${LOSSES[reason]}.`, "TEMPORARILY_UNAVAILABLE");
  // Later on those who asked hear of it; then nobody does any more.
  if (reason === "exit_timeout") warnOnce("run data lost", `${failure.message} (${lost.length})`);
  for (const job of lost) job.settle(failure);
  return lost.length;
}
