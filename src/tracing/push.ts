import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../base/errors.js";
import { findExperiment } from "../delivery/experiment.js";
import { collectPages } from "../store/pages.js";
import { retryDelayMs } from "../store/retry.js";
import type { Experiment, TrackingStore } from "../store/store.js";
import type { Attachment } from "../trace/attachment.js";
import { findReferences } from "../trace/find-references.js";
import type { Trace, TraceToLog } from "../trace/trace.js";
import { omitSent, readVersions, type SentTraces } from "./sent-traces.js";

export interface PushProgress {
  /** The number of traces that are processed: sent, failed, or found in the target. */
  readonly done: number;
  readonly total: number;
}

export interface PushOptions {
  readonly from: TrackingStore;
  readonly to: TrackingStore;
  /**
   * Traces in it are not sent again, if they have not changed and the target still has them. Every batch is added to it.
   */
  readonly sent?: SentTraces;
  /** Called before the first batch, and after every batch. */
  readonly onProgress?: (progress: PushProgress) => void;
  /** Ends the push after the batch that is being sent. The result then has the traces sent so far. */
  readonly signal?: AbortSignal;
}

export interface PushResult {
  readonly total: number;
  /** The number of traces that are in the target, including those that were already there. */
  readonly stored: number;
  /** The number of traces that an earlier push had sent, and that have not changed since. */
  readonly skipped: number;
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
 * Copies the traces of every active experiment to the experiment of the same name. Trace ids do not change, so a second
 * push creates no duplicates.
 *
 * @throws MlflowException if `to` accepts no trace, for example because of a wrong address or missing access.
 */
export async function pushTraces(options: PushOptions): Promise<PushResult> {
  const { from, to, sent, onProgress, signal } = options;
  const work = await listTraces(from);
  const total = work.reduce((sum, { traceIds }) => sum + traceIds.length, 0);
  const failed: Failure[] = [];
  let [stored, skipped] = [0, 0];
  const report = () => onProgress?.({ done: stored + failed.length, total });
  const unsent: ExperimentTraces[] = [];
  for (const { experiment, traceIds } of work) {
    const remaining = await omitSent(options, experiment.experimentId, traceIds);
    skipped += traceIds.length - remaining.length;
    if (remaining.length > 0) unsent.push({ experiment, traceIds: remaining });
  }
  stored = skipped;
  report();
  for (const { experiment, traceIds: remaining } of unsent) {
    if (signal?.aborted) break;
    const { experimentId } = await findExperiment(to, { by: "name", name: experiment.name });
    for (let at = 0; at < remaining.length && !signal?.aborted; at += BATCH_TRACES) {
      const batch = remaining.slice(at, at + BATCH_TRACES);
      // Read before the traces: a change in between is sent by the next push.
      const versions = sent && (await readVersions(from, experiment.experimentId, batch));
      const result = await pushBatch(options, experimentId, batch);
      const isStored = new Set(result.stored);
      if (versions) sent.add(versions.filter(({ traceId }) => isStored.has(traceId)));
      stored += result.stored.length;
      failed.push(...result.failed);
      report();
    }
  }
  return { total, stored, skipped, failed };
}

interface ExperimentTraces {
  readonly experiment: Experiment;
  readonly traceIds: readonly string[];
}

/** Omits experiments without traces, so that they are not created in the target. */
async function listTraces(from: TrackingStore): Promise<ExperimentTraces[]> {
  const work: ExperimentTraces[] = [];
  const experiments = (pageToken?: string) =>
    from.searchExperiments(pageToken ? { pageToken } : {});
  for (const experiment of await collectPages("experiments", experiments)) {
    const { experimentId } = experiment;
    const traceIds =
      (await from.listTraceIds?.(experimentId)) ?? (await listIds(from, experimentId));
    if (traceIds.length > 0) work.push({ experiment, traceIds });
  }
  return work;
}

function listIds(from: TrackingStore, experimentId: string): Promise<string[]> {
  return collectPages("traces", async (pageToken?: string) => {
    const { items, ...next } = await from.searchTraceInfos({
      experimentIds: [experimentId],
      orderBy: ["timestamp_ms ASC"],
      maxResults: PAGE_TRACES,
      ...(pageToken && { pageToken }),
    });
    return { items: items.map(({ traceId }) => traceId), ...next };
  });
}

interface BatchResult {
  readonly stored: readonly string[];
  readonly failed: readonly Failure[];
}

async function pushBatch(
  { from, to, signal }: PushOptions,
  experimentId: string,
  traceIds: readonly string[],
): Promise<BatchResult> {
  const unreadable: Failure[] = [];
  const incomplete = new Map<string, string>();
  const traces: TraceToLog[] = [];
  for (const traceId of traceIds) {
    const trace = await from.getTrace(traceId);
    if (!trace) {
      unreadable.push({ traceId, reason: `The trace cannot be read from ${from.uri}.` });
      continue;
    }
    const { attachments, missing } = await copyAttachments(from, to, experimentId, trace);
    traces.push(attachments.length > 0 ? { ...trace, attachments } : trace);
    if (missing !== undefined) incomplete.set(traceId, missing);
  }
  const sent = await send(to, experimentId, traces, signal);
  // An incomplete trace counts as failed, so that the next push sends it again.
  const stored = sent.stored.filter((traceId) => !incomplete.has(traceId));
  const failed = [
    ...sent.failed,
    ...sent.stored.flatMap((traceId) => {
      const missing = incomplete.get(traceId);
      return missing === undefined ? [] : [{ traceId, reason: missing }];
    }),
  ];
  // Waits for all uploads of the batch: a push must not drop data to keep up, as an app may.
  await to.drain?.();
  return { stored, failed: [...unreadable, ...failed] };
}

/**
 * Copies the attachments of a trace to a store that takes them apart from the trace, and returns them for another one.
 * `missing` is the reason if one of them cannot be copied.
 */
async function copyAttachments(
  from: TrackingStore,
  to: TrackingStore,
  experimentId: string,
  trace: Trace,
): Promise<{ readonly attachments: readonly Attachment[]; readonly missing?: string }> {
  const attachments: Attachment[] = [];
  const { traceId } = trace.info;
  let missing: string | undefined;
  for (const { attachmentId: id, contentType } of findReferences(trace)) {
    try {
      const contentBytes = await from.readAttachment(traceId, id);
      if (!contentBytes) throw new Error(`${from.uri} does not have it.`);
      const attachment = { id, contentType, contentBytes };
      if (to.logAttachments) await to.logAttachments(experimentId, traceId, [attachment]);
      else attachments.push(attachment);
    } catch (cause) {
      missing ??= `The trace is stored without its attachment ${id}: ${messageOf(cause)}`;
    }
  }
  return { attachments, ...(missing !== undefined && { missing }) };
}

/** Sends traces, with retries for transient failures. An abort ends the retries: what is not sent then is in no list. */
async function send(
  to: TrackingStore,
  experimentId: string,
  traces: readonly TraceToLog[],
  signal: AbortSignal | undefined,
  tries = 1,
): Promise<BatchResult> {
  if (traces.length === 0) return { stored: [], failed: [] };
  const verdicts = await to.logTraces(experimentId, traces, signal);
  const ids = traces.map(({ info }) => info.traceId);
  const stored = ids.filter((_id, index) => verdicts[index]?.state === "stored");
  if (signal?.aborted) return { stored, failed: [] };
  const failed: Failure[] = [];
  const again: TraceToLog[] = [];
  let afterMs = 0;
  for (const [index, trace] of traces.entries()) {
    const verdict = verdicts[index];
    if (!verdict || verdict.state === "stored") continue;
    if (verdict.state === "blocked") throw verdict.cause;
    if (verdict.state === "retry" && tries < MAX_TRIES) {
      again.push(trace);
      afterMs = Math.max(afterMs, verdict.afterMs ?? 0);
    } else failed.push({ traceId: trace.info.traceId, reason: verdict.cause.message });
  }
  if (again.length === 0 || !(await wait(retryDelayMs(tries, Math.random, afterMs), signal))) {
    return { stored, failed };
  }
  const later = await send(to, experimentId, again, signal, tries + 1);
  return { stored: [...stored, ...later.stored], failed: [...failed, ...later.failed] };
}

/** Resolves to false when the signal is aborted before the time has passed. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return sleep(ms, true, { ...(signal && { signal }) }).catch(() => false);
}
