import type { TrackingStore, Verdict } from "../store/store.js";
import type { RunTarget } from "./destination.js";
import { fieldOfFile, fieldsOf, newestPartOf, noteNewest } from "./newest-values.js";
import { isTransient } from "./repeated.js";
import { type RunBatch, type RunJob, toBatches } from "./run-job.js";

const lastFailures = new WeakMap<TrackingStore, Error>();

/** Why the last attempt to store data of a run failed; undefined if it succeeded. */
export function lastFailureOf(store: TrackingStore): Error | undefined {
  return lastFailures.get(store);
}

/**
 * Performs jobs of one lane, in the order in which the app has logged them. Stops at a job that has to be retried. Omits values
 * that a later write has replaced: a job from the disk may be older than what the store has. Such a job counts as stored.
 */
export async function sendRunJobs(
  jobs: readonly RunJob[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { run } = jobs[0]!;
  const verdicts = new Map<RunJob, Verdict>();
  const failure = await create(run);
  if (failure) return jobs.map(() => failure);
  // The job of each part that is sent.
  const jobOf = new Map<RunJob, RunJob>();
  for (const job of jobs.toSorted((one, other) => one.atMs - other.atMs)) {
    const newest = newestOf(job);
    if (newest) jobOf.set(newest, job);
    else verdicts.set(job, { state: "stored" });
  }
  const batches = toBatches([...jobOf.keys()]);
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    const verdict = await perform(batch, signal);
    noteResult(batch, verdict);
    if (verdict.state === "retry") return jobs.map((job) => verdicts.get(job) ?? verdict);
    const count = batch.jobs.length;
    if (verdict.state === "refused" && count > 1) {
      // One bad param must not lose the others: halve the batch until it is alone.
      const middle = Math.ceil(count / 2);
      const halves = [batch.jobs.slice(0, middle), batch.jobs.slice(middle)];
      batches.unshift(...halves.flatMap(toBatches));
    } else for (const job of batch.jobs) verdicts.set(jobOf.get(job)!, verdict);
  }
  return jobs.map((job) => verdicts.get(job)!);
}

/** The job without values that a later write has replaced. Undefined if nothing is left of it. */
function newestOf(job: RunJob): RunJob | undefined {
  const { run, work, atMs } = job;
  if (work.kind !== "write") return job;
  const write = newestPartOf(run, work.write, atMs);
  if (write === work.write) return job;
  return write && { ...job, work: { kind: "write", write } };
}

function noteResult({ jobs }: RunBatch, verdict: Verdict): void {
  const { run } = jobs[0]!;
  if (verdict.state === "stored") lastFailures.delete(run.store);
  else lastFailures.set(run.store, verdict.cause);
  for (const { work, atMs } of jobs) {
    // A deletion is refused if there is no such tag: the store has what the app wants.
    const isDeletion = work.kind === "write" && work.write.kind === "deleteTag";
    const isInForce = verdict.state === "stored" || (isDeletion && verdict.state === "refused");
    if (isInForce && work.kind === "write") noteNewest(run, fieldsOf(work.write), atMs);
  }
}

/** Creates the run of the jobs, or reads its id. Returns the verdict for all of them if that fails. */
async function create(run: RunTarget): Promise<Verdict | undefined> {
  try {
    await run.runIdOnce();
    return undefined;
  } catch (thrown) {
    const verdict = verdictOf(thrown);
    lastFailures.set(run.store, verdict.cause);
    return verdict;
  }
}

async function perform({ jobs, work }: RunBatch, signal: AbortSignal): Promise<Verdict> {
  const { run, atMs } = jobs[0]!;
  try {
    const runId = await run.runIdOnce();
    if (work.kind === "write") {
      const verdict = await run.store.writeRun(runId, work.write, signal);
      // Do not retry: the developer should see the error now.
      return verdict.state === "blocked" ? { state: "refused", cause: verdict.cause } : verdict;
    }
    const paths = await work.perform(runId, signal);
    noteNewest(run, paths.map(fieldOfFile), atMs);
    return { state: "stored" };
  } catch (thrown) {
    return verdictOf(thrown);
  }
}

function verdictOf(thrown: unknown): Extract<Verdict, { state: "retry" | "refused" }> {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { state: isTransient(cause) ? "retry" : "refused", cause };
}
