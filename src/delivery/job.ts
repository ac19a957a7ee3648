import { countOf } from "../base/count-of.js";
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

/** Why data is lost, in words. */
export const LOSSES: Readonly<Record<DropReason, string>> = {
  queue_full: "`maxQueueBytes` were already waiting to be sent",
  refused: "the store rejected it",
  retry_timeout: "sending it failed for `retryTimeoutMs`",
  blocked: "the store rejects all requests",
  exit_timeout: "the store did not respond within `exitTimeoutMs`",
  send_failed: "the process was about to end, and the last attempt to send it had failed",
  process_exit: "the process was about to end, and it was not sent yet",
  spool_full: "`maxSpoolBytes` were already on disk",
  spool_expired: "it was on disk for `maxSpoolAgeMs`",
};

/** Lost run jobs that are not reported yet, by problem. */
const unreported = new Map<string, UnreportedLoss>();

interface UnreportedLoss {
  readonly failure: Error;
  readonly jobs: RunJob[];
  /** The server that does not accept the data. Undefined if it has refused it. */
  readonly outageOf: string | undefined;
}

/**
 * Counts lost jobs. Settles the run jobs among them and reports these, in one line per problem. `isEnd`: the process ends, so
 * that the caller can no longer report its own failures.
 */
export function settleLost(
  jobs: readonly Job[],
  reason: DropReason,
  cause?: unknown,
  isEnd = false,
): LostCounts {
  const lost = jobs.filter(isRunJob);
  for (const job of lost) {
    const failure = failureOf(reason, cause ?? (isEnd ? lastFailureOf(job.run.store) : undefined));
    if (isEnd || !job.callerReports) addToReport(job, failure, reason);
    job.settle(failure);
  }
  if (isEnd) report();
  for (const job of jobs.filter(isTraceJob)) job.onLost?.(LOSSES[reason], cause);
  return {
    traces: jobs.filter(isTraceJob).length,
    attachments: jobs.filter(isAttachmentJob).reduce((sum, { count }) => sum + count, 0),
    runJobs: lost.length,
  };
}

/** Jobs of one batch are dropped one by one: the report waits for all of them. */
function addToReport(job: RunJob, failure: Error, reason: DropReason): void {
  if (unreported.size === 0) queueMicrotask(report);
  const problem = `${problemOf(failure)} ${reason}`;
  const outageOf = reason === "refused" ? undefined : job.run.store.uri;
  const entry = unreported.get(problem) ?? { failure, jobs: [], outageOf };
  unreported.set(problem, entry);
  entry.jobs.push(job);
}

function report(): void {
  for (const { failure, jobs, outageOf } of unreported.values()) {
    reportFailure(failure, describe(jobs), outageOf);
  }
  unreported.clear();
}

function failureOf(reason: DropReason, cause: unknown): Error {
  if (cause instanceof Error) return cause;
  return new MlflowException(
    `Data of a run is lost: ${LOSSES[reason]}.`,
    "TEMPORARILY_UNAVAILABLE",
  );
}

function describe(jobs: readonly RunJob[]) {
  const places = [...new Set(jobs.map(({ run }) => placeOf(run)))];
  const more = places.length > 1 ? ` and ${countOf(places.length - 1, "more run")}` : "";
  return { what: jobs.flatMap(namesOf), place: `${places[0]}${more}` };
}

function placeOf({ id, store }: RunTarget): string {
  return `${id === undefined ? "a new run" : `run ${id}`} at ${store.uri}`;
}
