import { MlflowException } from "../errors.js";
import type { DropReason } from "../export/queue.js";
import type { Call } from "../trace/call.js";
import { reportFailure } from "./report-failure.js";
import { namesOf, type RunJob } from "./run-job.js";
import type { RunTarget } from "./run-target.js";
import { lastFailureOf } from "./send-run-jobs.js";

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

/** Settles the lost jobs of runs and reports them in one line for each cause. Returns how many there are. */
export function settleLost(jobs: readonly Job[], reason: DropReason, cause?: unknown): number {
  const lost = jobs.filter(isRunJob);
  const failures = new Map<string, { readonly failure: Error; readonly jobs: RunJob[] }>();
  for (const job of lost) {
    const failure = failureOf(job, reason, cause);
    const entry = failures.get(failure.message) ?? { failure, jobs: [] };
    failures.set(failure.message, entry);
    entry.jobs.push(job);
  }
  for (const { failure, jobs } of failures.values()) {
    // At the end of the process a caller that reports its own failures cannot do so any more.
    const reported = jobs.filter((job) => reason === "exit_timeout" || !job.callerReports);
    if (reported.length > 0) reportFailure(failure, describe(reported));
    for (const job of jobs) job.settle(failure);
  }
  return lost.length;
}

function failureOf({ run }: RunJob, reason: DropReason, cause: unknown): Error {
  const known = cause ?? (reason === "exit_timeout" ? lastFailureOf(run.store) : undefined);
  if (known instanceof Error) return known;
  return new MlflowException(
    `Data of a run is lost: ${LOSSES[reason]}.`,
    "TEMPORARILY_UNAVAILABLE",
  );
}

function describe(jobs: readonly RunJob[]) {
  const places = [...new Set(jobs.map(({ run }) => placeOf(run)))];
  const more = places.length > 1 ? ` and ${places.length - 1} more runs` : "";
  return { what: jobs.flatMap(namesOf), place: `${places[0]}${more}` };
}

function placeOf({ id, store }: RunTarget): string {
  return `${id === undefined ? "a new run" : `run ${id}`} at ${store.uri}`;
}
