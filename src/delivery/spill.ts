import { isAttachmentJob, isRunJob, isTraceJob, type Job } from "./job.js";
import { type RunBatch, type RunJob, toBatches } from "./run-job.js";
import type { TraceJob } from "./send-traces.js";

type OnLost = (jobs: readonly Job[], cause?: unknown) => void;

/**
 * Writes jobs synchronously, at the end of the process, if their store can. Returns the lost jobs, each with the error if its
 * store has failed.
 */
export function spillJobs(jobs: readonly Job[]): ReadonlyMap<Job, Error | undefined> {
  const lost = new Map<Job, Error | undefined>();
  const onLost: OnLost = (someJobs, thrown) => {
    const cause = thrown === undefined ? undefined : errorOf(thrown);
    for (const job of someJobs) lost.set(job, cause);
  };
  // Runs first: traces contain their ids.
  for (const lane of groupBy(jobs.filter(isRunJob), (job) => job.lane)) spillLane(lane, onLost);
  const traces = jobs.filter(isTraceJob);
  for (const group of groupBy(traces, (job) => job.destination)) spillTraces(group, onLost);
  // Those of a local store are a part of the trace.
  onLost(jobs.filter(isAttachmentJob));
  return lost;
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function spillLane(jobs: readonly RunJob[], onLost: OnLost): void {
  for (const batch of toBatches(jobs)) {
    if (batch.jobs.length === 1) spillBatch(batch, onLost);
    else {
      spillBatch(batch, () => {
        for (const job of batch.jobs) spillBatch({ jobs: [job], work: job.work }, onLost);
      });
    }
  }
}

function spillBatch({ jobs, work }: RunBatch, onLost: OnLost): void {
  const { run } = jobs[0]!;
  try {
    const runId = run.runIdSync();
    const canWrite = work.kind === "write" ? run.store.writeRunSync : work.performSync;
    if (runId === undefined || !canWrite) {
      onLost(jobs);
      return;
    }
    if (work.kind === "write") run.store.writeRunSync?.(runId, work.write);
    else work.performSync?.(runId);
    for (const job of jobs) job.settle();
  } catch (cause) {
    onLost(jobs, cause);
  }
}

function spillTraces(jobs: readonly TraceJob[], onLost: OnLost): void {
  const { destination } = jobs[0]!;
  const { store, run } = destination;
  try {
    const runId = run?.runIdSync();
    const experimentId = destination.experimentIdSync();
    const isReady = experimentId !== undefined && (runId !== undefined || !run);
    if (!isReady || !store.logTracesSync) onLost(jobs);
    else {
      const traces = jobs.map((job) => job.toTrace(experimentId, runId, true));
      store.logTracesSync(experimentId, traces);
    }
  } catch (cause) {
    onLost(jobs, cause);
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
