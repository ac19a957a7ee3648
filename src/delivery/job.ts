import { MlflowException } from "../base/errors.js";
import type { AttachmentJob } from "./attachment-job.js";
import type { RunTarget } from "./destination.js";
import type { DropReason } from "./queue-options.js";
import { problemOf, reportFailure } from "./report-failure.js";
import { namesOf, type RunJob } from "./run-job.js";
import { lastFailureOf } from "./send-run-jobs.js";
import type { TraceJob } from "./send-traces.js";

/** An item of the queue: a trace, the attachments of a trace, or a write or work for a run. */
export type Job = TraceJob | AttachmentJob | RunJob;

export function isRunJob(job: Job): job is RunJob {
  return "lane" in job;
}

export function isTraceJob(job: Job): job is TraceJob {
  return "toTrace" in job;
}

export function isAttachmentJob(job: Job): job is AttachmentJob {
  return "take" in job;
}

/** Numbers of lost items. */
export interface LostCounts {
  readonly traces: number;
  readonly attachments: number;
  readonly runJobs: number;
}

const LOSSES: Readonly<Record<DropReason, string>> = {
  queue_full: "`maxQueueBytes` were already waiting to be sent",
  refused: "the store rejected it",
  retry_timeout: "sending it failed for `retryTimeoutMs`",
  blocked: "the store rejects all requests",
  exit_timeout: "the process ended before it was sent",
};

/** Lost run jobs that are not reported yet, by problem. */
const unreported = new Map<string, { readonly failure: Error; readonly jobs: RunJob[] }>();

/** Counts lost jobs. Settles the run jobs among them and reports these, in one line per problem. */
export function settleLost(jobs: readonly Job[], reason: DropReason, cause?: unknown): LostCounts {
  const lost = jobs.filter(isRunJob);
  for (const job of lost) {
    const failure = failureOf(job, reason, cause);
    // At the end of the process the caller can no longer report its own failures.
    if (reason === "exit_timeout" || !job.callerReports) addToReport(job, failure);
    job.settle(failure);
  }
  if (reason === "exit_timeout") report();
  for (const job of jobs.filter(isTraceJob)) job.onLost?.(LOSSES[reason], cause);
  return {
    traces: jobs.filter(isTraceJob).length,
    attachments: jobs.filter(isAttachmentJob).reduce((sum, { count }) => sum + count, 0),
    runJobs: lost.length,
  };
}

/** Jobs of one batch are dropped one by one: the report waits for all of them. */
function addToReport(job: RunJob, failure: Error): void {
  if (unreported.size === 0) queueMicrotask(report);
  const problem = problemOf(failure);
  const entry = unreported.get(problem) ?? { failure, jobs: [] };
  unreported.set(problem, entry);
  entry.jobs.push(job);
}

function report(): void {
  for (const { failure, jobs } of unreported.values()) reportFailure(failure, describe(jobs));
  unreported.clear();
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
