import {
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type Metric,
  type RunWrite,
} from "../store/run-store.js";
import { logged } from "./logged.js";
import { putWrite } from "./put.js";
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

// All of these reject at once for wrong arguments. Otherwise the promise resolves when the data is stored, or lost: then
// one line on stderr says so and `endRun()` rejects. Calls are sent together, in their order, and need not be awaited.

/**
 * Logs a param of a run; once logged it cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value MLflow does not take.
 */
export function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("params", () => [checkParam(key, value)], options);
}

/** Logs several params at once. Mirrors `mlflow.log_params`. */
export function logParams(
  params: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  const check = () =>
    Object.entries(params).map(([key, value], index) => checkParam(key, value, `params[${index}]`));
  return logRecord("params", check, options);
}

/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time MLflow does not take.
 */
export function logMetric(key: string, value: number, options?: LogMetricOptions): Promise<void> {
  return logPoints(() => [checkMetric(key, pointOf(value, options))], options);
}

/** Logs a point of each of several metrics. Mirrors `mlflow.log_metrics`. */
export function logMetrics(
  metrics: Readonly<Record<string, number>>,
  options?: LogMetricOptions,
): Promise<void> {
  const check = () =>
    Object.entries(metrics).map(([key, value], index) =>
      checkMetric(key, pointOf(value, options), `metrics[${index}]`),
    );
  return logPoints(check, options);
}

/** Sets a tag of a run, in the place of an earlier one. Mirrors `mlflow.set_tag`. */
export function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("tags", () => [checkTag(key, value)], options);
}

/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
export function setTags(
  tags: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  const check = () =>
    Object.entries(tags).map(([key, value], index) => checkTag(key, value, `tags[${index}]`));
  return logRecord("tags", check, options);
}

/** Deletes a tag of a run; a missing one counts as a failure. Mirrors `mlflow.delete_tag`. */
export function deleteTag(key: string, options?: LogOptions): Promise<void> {
  return logWrites(() => [{ kind: "deleteTag", key: checkTagKey(key) }], options);
}

function logRecord(
  kind: "params" | "tags",
  check: () => readonly (readonly [string, string])[],
  options: LogOptions | undefined,
): Promise<void> {
  const limit = kind === "params" ? MAX_PARAMS : MAX_TAGS;
  return logWrites(
    () =>
      pieces(check(), limit).map((piece) => ({
        kind: "logBatch",
        [kind]: Object.fromEntries(piece),
      })),
    options,
  );
}

function logPoints(check: () => readonly Metric[], options: LogOptions | undefined) {
  return logWrites(
    () => pieces(check(), MAX_METRICS).map((metrics) => ({ kind: "logBatch", metrics })),
    options,
  );
}

function logWrites(
  check: () => readonly RunWrite[],
  options: LogOptions | undefined,
): Promise<void> {
  return logged(options?.runId, () => {
    const writes = check();
    return (target) => Promise.all(writes.map((write) => putWrite(target, write)));
  });
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
