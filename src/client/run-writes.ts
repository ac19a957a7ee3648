import { setTimeout as sleep } from "node:timers/promises";
import { fieldsOf, noteNewest, timeOfWrite } from "../delivery/newest-values.js";
import { type LoggedValue, pieces } from "../runs/log.js";
import { checkEntries, checkMetric, checkParam, checkTag } from "../runs/validation.js";
import { readSettings } from "../settings/settings.js";
import { retryDelayMs } from "../store/retry.js";
import { MAX_METRICS, MAX_PARAMS, MAX_TAGS, type RunWrite } from "../store/run-store.js";
import type { TrackingStore } from "../store/store.js";

/** One point of a metric for `MlflowClient.logBatch()`. */
export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  /** Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

/** The options of `MlflowClient.logBatch()`. */
export interface LogBatchOptions {
  readonly runId: string;
  readonly metrics?: readonly MetricPoint[];
  readonly params?: Readonly<Record<string, LoggedValue>>;
  readonly tags?: Readonly<Record<string, LoggedValue>>;
}

type Batch = Extract<RunWrite, { kind: "logBatch" }>;

/** Returns a point as MLflow stores it. */
export function metricOf(
  { step = 0, timestampMs = Date.now(), key, value }: MetricPoint,
  path = "",
) {
  return checkMetric(key, { value, step, timestampMs }, path);
}

/** Checks a batch by the rules of MLflow, and splits it at its limits. */
export function writesOf({ metrics = [], params = {}, tags = {} }: LogBatchOptions): RunWrite[] {
  const points = metrics.map((point, index) => metricOf(point, `metrics[${index}]`));
  const write = (part: Omit<Batch, "kind">): Batch => ({ kind: "logBatch", ...part });
  return [
    ...pieces(checkEntries("params", params, checkParam), MAX_PARAMS).map((piece) =>
      write({ params: Object.fromEntries(piece) }),
    ),
    ...pieces(checkEntries("tags", tags, checkTag), MAX_TAGS).map((piece) =>
      write({ tags: Object.fromEntries(piece) }),
    ),
    ...pieces(points, MAX_METRICS).map((piece) => write({ metrics: piece })),
  ].filter(hasData);
}

function hasData({ metrics = [], params = {}, tags = {} }: Batch): boolean {
  return metrics.length + Object.keys(params).length + Object.keys(tags).length > 0;
}

/** Retries transient failures, except of a deletion, which fails when it is repeated. */
export async function write(store: TrackingStore, runId: string, change: RunWrite): Promise<void> {
  const atMs = timeOfWrite();
  const maxRetries = change.kind === "deleteTag" ? 0 : readSettings().maxRetries;
  for (let failures = 1; ; failures++) {
    const verdict = await store.writeRun(runId, change);
    if (verdict.state === "stored") {
      noteNewest({ id: runId, store }, fieldsOf(change), atMs);
      return;
    }
    if (verdict.state !== "retry" || failures > maxRetries) throw verdict.cause;
    await sleep(retryDelayMs(failures, Math.random, verdict.afterMs));
  }
}
