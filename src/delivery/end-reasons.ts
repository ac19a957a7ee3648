import type { TrackingStore } from "../store/store.js";
import type { Failure } from "./group.js";
import type { Job } from "./job.js";
import type { DropReason } from "./queue-options.js";
import { storeOf } from "./spool/job-item.js";

/** Why the end of the process loses jobs. */
export interface EndReason {
  readonly reason: DropReason;
  readonly cause?: Error | undefined;
}

/** Jobs that are lost for the same reason. */
export interface LostJobs extends EndReason {
  readonly jobs: Job[];
}

/**
 * Groups lost jobs by reason. A failure of one destination explains those of the same store that were not tried, if it is not
 * about the destination. `lost`: each job with the error if its local store has failed. `hasTimedOut`: the end of the process
 * has waited for the store.
 */
export function lostByReason(
  lost: ReadonlyMap<Job, Error | undefined>,
  failureOf: (job: Job) => Failure | undefined,
  hasTimedOut: boolean,
): Iterable<LostJobs> {
  const ofStores = new Map<TrackingStore, Failure>();
  for (const job of lost.keys()) {
    const failure = failureOf(job);
    if (failure?.state === "retry") ofStores.set(storeOf(job), failure);
  }
  const groups = new Map<string, LostJobs>();
  for (const [job, cause] of lost) {
    const failure = failureOf(job) ?? ofStores.get(storeOf(job));
    const why: EndReason = cause
      ? { reason: "send_failed", cause }
      : reasonAtEnd(failure, hasTimedOut);
    const key = `${why.reason} ${why.cause?.message}`;
    const group = groups.get(key) ?? { ...why, jobs: [] };
    groups.set(key, group);
    group.jobs.push(job);
  }
  return groups.values();
}

/** Why the end of the process loses data whose last request has failed, or that was not tried. */
export function reasonAtEnd(failure: Failure | undefined, hasTimedOut: boolean): EndReason {
  if (!failure) return { reason: hasTimedOut ? "exit_timeout" : "process_exit" };
  const { state, cause } = failure;
  return { reason: state === "blocked" ? "blocked" : "send_failed", cause };
}
