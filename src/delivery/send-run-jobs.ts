import type { TrackingStore, Verdict } from "../store/store.js";
import { isTransient } from "./repeated.js";
import { type RunBatch, type RunJob, toBatches } from "./run-job.js";

const lastFailures = new WeakMap<TrackingStore, Error>();

/** Why the last attempt to store data of a run failed; undefined if it succeeded. */
export function lastFailureOf(store: TrackingStore): Error | undefined {
  return lastFailures.get(store);
}

/** Performs jobs of one lane in their order. Stops at a job that has to be retried. */
export async function sendRunJobs(
  jobs: readonly RunJob[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const verdicts = new Map<RunJob, Verdict>();
  const batches = toBatches(jobs);
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    const verdict = await perform(batch, signal);
    noteFailure(batch, verdict);
    if (verdict.state === "retry") return jobs.map((job) => verdicts.get(job) ?? verdict);
    const count = batch.jobs.length;
    if (verdict.state === "refused" && count > 1) {
      // One bad param must not lose the others: halve the batch until it is alone.
      const middle = Math.ceil(count / 2);
      const halves = [batch.jobs.slice(0, middle), batch.jobs.slice(middle)];
      batches.unshift(...halves.flatMap(toBatches));
    } else for (const job of batch.jobs) verdicts.set(job, verdict);
  }
  return jobs.map((job) => verdicts.get(job)!);
}

function noteFailure({ jobs }: RunBatch, verdict: Verdict): void {
  const { store } = jobs[0]!.run;
  if (verdict.state === "stored") lastFailures.delete(store);
  else lastFailures.set(store, verdict.cause);
}

async function perform({ jobs, work }: RunBatch, signal: AbortSignal): Promise<Verdict> {
  const { run } = jobs[0]!;
  try {
    const runId = await run.runIdOnce();
    if (work.kind === "write") {
      const verdict = await run.store.writeRun(runId, work.write, signal);
      // Do not retry: the developer should see the error now.
      return verdict.state === "blocked" ? { state: "refused", cause: verdict.cause } : verdict;
    }
    await work.perform(runId, signal);
    return { state: "stored" };
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { state: isTransient(cause) ? "retry" : "refused", cause };
  }
}
