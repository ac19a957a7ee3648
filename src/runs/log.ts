import {
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type Metric,
  type RunWrite,
} from "../store/run-store.js";
import { openImplicitRun } from "./open-run.js";
import { putWrite } from "./put.js";
import { targetToLogTo } from "./run-targets.js";
import { told } from "./told.js";
import { checkMetric, checkParam, checkTag, checkTagKey } from "./validation.js";

/** What a param or a tag can be: texts as they are, objects as JSON, the rest as JavaScript writes it. */
export type LoggedValue = string | number | bigint | boolean | null | object;

export interface LogOptions {
  /** The run to log to. Default: the active one; where there is none, one is opened that ends with the process. */
  readonly runId?: string;
}

export interface LogMetricOptions extends LogOptions {
  /** A whole number. Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

// All of these check what they get at once. The promise resolves when the data is stored, and need
// not be awaited: calls are sent together, in their order, and `endRun()` waits for them.

/**
 * Logs a param of a run; once logged it cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value MLflow does not take.
 */
export function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return told(() => logRecord("params", [checkParam(key, value)], options));
}

/** Logs several params at once. Mirrors `mlflow.log_params`. */
export function logParams(
  params: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return told(() => {
    const checked = Object.entries(params).map(([key, value], index) =>
      checkParam(key, value, `params[${index}]`),
    );
    return logRecord("params", checked, options);
  });
}

/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time MLflow does not take.
 */
export function logMetric(key: string, value: number, options?: LogMetricOptions): Promise<void> {
  return told(() => logPoints([checkMetric(key, pointOf(value, options))], options));
}

/** Logs a point of each of several metrics. Mirrors `mlflow.log_metrics`. */
export function logMetrics(
  metrics: Readonly<Record<string, number>>,
  options?: LogMetricOptions,
): Promise<void> {
  return told(() => {
    const points = Object.entries(metrics).map(([key, value], index) =>
      checkMetric(key, pointOf(value, options), `metrics[${index}]`),
    );
    return logPoints(points, options);
  });
}

/** Sets a tag of a run, in the place of an earlier one. Mirrors `mlflow.set_tag`. */
export function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return told(() => logRecord("tags", [checkTag(key, value)], options));
}

/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
export function setTags(
  tags: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return told(() => {
    const checked = Object.entries(tags).map(([key, value], index) =>
      checkTag(key, value, `tags[${index}]`),
    );
    return logRecord("tags", checked, options);
  });
}

/** Deletes a tag of a run; rejects where there is none. Mirrors `mlflow.delete_tag`. */
export function deleteTag(key: string, options?: LogOptions): Promise<void> {
  return told(() => {
    const write = { kind: "deleteTag", key: checkTagKey(key) } as const;
    return putAll([write], options);
  });
}

function logRecord(
  kind: "params" | "tags",
  entries: readonly (readonly [string, string])[],
  options: LogOptions | undefined,
): Promise<void> {
  const limit = kind === "params" ? MAX_PARAMS : MAX_TAGS;
  const writes = pieces(entries, limit).map((piece) => ({
    kind: "logBatch" as const,
    [kind]: Object.fromEntries(piece),
  }));
  return putAll(writes, options);
}

function logPoints(points: readonly Metric[], options: LogOptions | undefined): Promise<void> {
  const writes = pieces(points, MAX_METRICS).map((metrics) => ({
    kind: "logBatch" as const,
    metrics,
  }));
  return putAll(writes, options);
}

function pointOf(value: unknown, { step = 0, timestampMs = Date.now() }: LogMetricOptions = {}) {
  return { value, step, timestampMs };
}

/** In their order, at most `size` in each. */
export function pieces<T>(items: readonly T[], size: number): (readonly T[])[] {
  if (items.length <= size) return [items];
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

async function putAll(writes: readonly RunWrite[], options: LogOptions = {}): Promise<void> {
  const target = targetToLogTo(options.runId, openImplicitRun);
  await Promise.all(writes.map((write) => putWrite(target, write)));
}
