import type { OptionKinds } from "../settings/check-options.js";
import { number } from "../settings/kinds.js";
import {
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type Metric,
  type RunWrite,
} from "../store/run-store.js";
import {
  type GivenOptions,
  LOG_OPTIONS,
  type LogOptions,
  logOptions,
  logToRun,
} from "./log-to-run.js";
import { putWrite } from "./put.js";
import {
  checkEntries,
  checkMetric,
  checkParam,
  checkTag,
  checkTagKey,
  type MetricPoint,
} from "./validation.js";

/** The value of a param or tag. Strings are stored unchanged, objects as JSON, and other values as `String(value)`. */
export type LoggedValue = string | number | bigint | boolean | null | object;

export interface LogMetricOptions extends LogOptions {
  /** An integer. Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

/** MLflow's rules for a step and a time are checked with the metric. */
const METRIC_OPTIONS: OptionKinds<LogMetricOptions> = {
  ...LOG_OPTIONS,
  step: number,
  timestampMs: number,
};

// All functions here reject at once for invalid arguments. Otherwise the promise resolves when the data is stored or
// lost. A loss is logged to stderr, and `endRun()` rejects. The queue sends calls together and in order, so the app does
// not have to await them.

/**
 * Logs a param of a run. A logged param cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value that MLflow does not accept.
 */
export function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("params", () => [checkParam(key, value)], logOptions("logParam()", options));
}

/** Logs several params. Mirrors `mlflow.log_params`. */
export function logParams(
  params: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return logRecord(
    "params",
    () => checkEntries("params", params, checkParam),
    logOptions("logParams()", options),
  );
}

/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @param options the step, as in Python, or an object of options.
 * @example
 * await mlflow.logMetric("loss", 0.25, 3);
 * await mlflow.logMetric("loss", 0.25, { step: 3, runId });
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time that MLflow does not accept.
 */
export function logMetric(
  key: string,
  value: number,
  options?: number | LogMetricOptions,
): Promise<void> {
  return logPoints("logMetric()", options, (pointOf) => [checkMetric(key, pointOf(value))]);
}

/** Logs one point for each of several metrics. `options` are those of {@link logMetric}. Mirrors `mlflow.log_metrics`. */
export function logMetrics(
  metrics: Readonly<Record<string, number>>,
  options?: number | LogMetricOptions,
): Promise<void> {
  return logPoints("logMetrics()", options, (pointOf) =>
    checkEntries("metrics", metrics, (key, value, path) => checkMetric(key, pointOf(value), path)),
  );
}

/** Sets a tag of a run, replacing an earlier value. Mirrors `mlflow.set_tag`. */
export function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("tags", () => [checkTag(key, value)], logOptions("setTag()", options));
}

/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
export function setTags(
  tags: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return logRecord(
    "tags",
    () => checkEntries("tags", tags, checkTag),
    logOptions("setTags()", options),
  );
}

/** Deletes a tag of a run. Deleting a missing tag is a failure. Mirrors `mlflow.delete_tag`. */
export function deleteTag(key: string, options?: LogOptions): Promise<void> {
  return logWrites(
    () => [{ kind: "deleteTag", key: checkTagKey(key) }],
    logOptions("deleteTag()", options),
  );
}

function logRecord(
  kind: "params" | "tags",
  check: () => readonly (readonly [string, string])[],
  options: GivenOptions<LogOptions>,
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

function logPoints(
  caller: string,
  stepOrOptions: number | LogMetricOptions | undefined,
  check: (pointOf: (value: unknown) => MetricPoint) => readonly Metric[],
): Promise<void> {
  const options = typeof stepOrOptions === "number" ? { step: stepOrOptions } : stepOrOptions;
  return logWrites(
    ({ step = 0, timestampMs = Date.now() }) => {
      const metrics = check((value) => ({ value, step, timestampMs }));
      return pieces(metrics, MAX_METRICS).map((piece) => ({ kind: "logBatch", metrics: piece }));
    },
    { caller, options, kinds: METRIC_OPTIONS },
  );
}

function logWrites<Options extends LogOptions>(
  check: (options: Partial<Options>) => readonly RunWrite[],
  options: GivenOptions<Options>,
): Promise<void> {
  return logToRun(options, (given) => {
    const writes = check(given);
    return (target) => Promise.all(writes.map((write) => putWrite(target, write)));
  });
}

/** Splits a list into lists of at most `size` items. */
export function pieces<T>(items: readonly T[], size: number): (readonly T[])[] {
  if (items.length <= size) return [items];
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
