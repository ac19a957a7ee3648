import { setTimeout as sleep } from "node:timers/promises";
import { findExperiment } from "../delivery/experiment.js";
import { collectPages } from "../store/pages.js";
import { retryDelayMs } from "../store/retry.js";
import type { Experiment, TrackingStore } from "../store/store.js";
import type { Trace } from "../trace/trace.js";

export interface PushOptions {
  readonly from: TrackingStore;
  readonly to: TrackingStore;
  /** Called after every batch with the number of processed traces and of all traces. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface PushResult {
  readonly total: number;
  readonly stored: number;
  /** The traces that `to` did not accept, each with the reason. */
  readonly failed: readonly Failure[];
}

interface Failure {
  readonly traceId: string;
  readonly reason: string;
}

/** The number of traces in memory at the same time. */
const BATCH_TRACES = 25;
const PAGE_TRACES = 500;
const MAX_TRIES = 5;

/**
 * Copies the traces of every active experiment to the experiment of the same name, oldest first. Trace ids do not
 * change, so a second push creates no duplicates.
 *
 * @throws MlflowException if `to` accepts no trace, for example because of a wrong address or missing access.
 */
export async function pushTraces({ from, to, onProgress }: PushOptions): Promise<PushResult> {
  const work = await listTraces(from);
  const total = work.reduce((sum, { traceIds }) => sum + traceIds.length, 0);
  const failed: Failure[] = [];
  let done = 0;
  onProgress?.({ done, total });
  for (const { experiment, traceIds } of work) {
    const { experimentId } = await findExperiment(to, { by: "name", name: experiment.name });
    for (let at = 0; at < traceIds.length; at += BATCH_TRACES) {
      const batch = traceIds.slice(at, at + BATCH_TRACES);
      failed.push(...(await pushBatch(from, to, experimentId, batch)));
      done += batch.length;
      onProgress?.({ done, total });
    }
  }
  return { total, stored: total - failed.length, failed };
}

interface ExperimentTraces {
  readonly experiment: Experiment;
  readonly traceIds: readonly string[];
}

/** Omits experiments without traces, so that they are not created in the target. */
async function listTraces(from: TrackingStore): Promise<ExperimentTraces[]> {
  const work: ExperimentTraces[] = [];
  const experiments = (pageToken?: string) => from.searchExperiments(pageToken);
  for (const experiment of await collectPages("experiments", experiments)) {
    const readIds = async (pageToken?: string) => {
      const { items, ...next } = await from.searchTraceInfos({
        experimentIds: [experiment.experimentId],
        orderBy: ["timestamp_ms ASC"],
        maxResults: PAGE_TRACES,
        ...(pageToken && { pageToken }),
      });
      return { items: items.map(({ traceId }) => traceId), ...next };
    };
    const traceIds = await collectPages("traces", readIds);
    if (traceIds.length > 0) work.push({ experiment, traceIds });
  }
  return work;
}

async function pushBatch(
  from: TrackingStore,
  to: TrackingStore,
  experimentId: string,
  traceIds: readonly string[],
): Promise<Failure[]> {
  const unreadable: Failure[] = [];
  const traces: Trace[] = [];
  for (const traceId of traceIds) {
    const trace = await from.getTrace(traceId);
    if (trace) traces.push(trace);
    else unreadable.push({ traceId, reason: `The trace cannot be read from ${from.uri}.` });
  }
  const failed = traces.length > 0 ? await send(to, experimentId, traces) : [];
  // Waits for all uploads of the batch: a push must not drop data to keep up, as an app may.
  await to.drain?.();
  return [...unreadable, ...failed];
}

/** Sends traces, with retries for transient failures. Returns the traces that failed. */
async function send(
  to: TrackingStore,
  experimentId: string,
  traces: readonly Trace[],
  tries = 1,
): Promise<Failure[]> {
  const verdicts = await to.logTraces(experimentId, traces);
  const again: Trace[] = [];
  const failed: Failure[] = [];
  let afterMs = 0;
  for (const [index, verdict] of verdicts.entries()) {
    const trace = traces[index];
    if (!trace || verdict.state === "stored") continue;
    if (verdict.state === "blocked") throw verdict.cause;
    if (verdict.state === "retry" && tries < MAX_TRIES) {
      again.push(trace);
      afterMs = Math.max(afterMs, verdict.afterMs ?? 0);
    } else failed.push({ traceId: trace.info.traceId, reason: verdict.cause.message });
  }
  if (again.length === 0) return failed;
  await sleep(retryDelayMs(tries, Math.random, afterMs));
  return [...failed, ...(await send(to, experimentId, again, tries + 1))];
}
