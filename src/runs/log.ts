import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import {
  MAX_METRICS,
  MAX_PARAMS,
  MAX_TAGS,
  type Metric,
  type RunWrite,
} from "../store/run-store.js";
import { type LogOptions, logToRun } from "./log-to-run.js";
import { putWrite } from "./put.js";
import { checkEntries, checkMetric, checkParam, checkTag, checkTagKey } from "./validation.js";

/** The value of a param or tag. Strings are stored unchanged, objects as JSON, and other values as `String(value)`. */
export type LoggedValue = string | number | bigint | boolean | null | object;

export interface LogMetricOptions extends LogOptions {
  /** An integer. Default: 0. */
  readonly step?: number;
  /** Milliseconds since 1970. Default: now. */
  readonly timestampMs?: number;
}

// All functions here reject at once for invalid arguments. Otherwise the promise resolves when the data is stored or
// lost. A loss is logged to stderr, and `endRun()` rejects. The queue sends calls together and in order, so the app does
// not have to await them.

/**
 * Logs a param of a run. A logged param cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value that MLflow does not accept.
 */
export function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("params", () => [checkParam(key, value)], options);
}

/** Logs several params. Mirrors `mlflow.log_params`. */
export function logParams(
  params: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return logRecord("params", () => checkEntries("params", params, checkParam), options);
}

/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time that MLflow does not accept.
 */
export function logMetric(key: string, value: number, options?: LogMetricOptions): Promise<void> {
  return logPoints(() => [checkMetric(key, pointOf(value, options))], options);
}

/** Logs one point for each of several metrics. Mirrors `mlflow.log_metrics`. */
export function logMetrics(
  metrics: Readonly<Record<string, number>>,
  options?: LogMetricOptions,
): Promise<void> {
  const check = (key: string, value: unknown, path: string) =>
    checkMetric(key, pointOf(value, options), path);
  return logPoints(() => checkEntries("metrics", metrics, check), options);
}

/** Sets a tag of a run, replacing an earlier value. Mirrors `mlflow.set_tag`. */
export function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void> {
  return logRecord("tags", () => [checkTag(key, value)], options);
}

/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
export function setTags(
  tags: Readonly<Record<string, LoggedValue>>,
  options?: LogOptions,
): Promise<void> {
  return logRecord("tags", () => checkEntries("tags", tags, checkTag), options);
}

/** Deletes a tag of a run. Deleting a missing tag is a failure. Mirrors `mlflow.delete_tag`. */
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
  return logToRun(options, () => {
    const writes = check();
    return (target) => Promise.all(writes.map((write) => putWrite(target, write)));
  });
}

/** Python's third argument is the step: a number here is refused rather than ignored. */
function pointOf(value: unknown, options: LogMetricOptions | undefined) {
  if (typeof options === "number") {
    throw invalidParameter(
      `The step is an option: pass { step: ${inspect(options)} } instead of ${inspect(options)}.`,
    );
  }
  const { step = 0, timestampMs = Date.now() } = options ?? {};
  return { value, step, timestampMs };
}

/** Splits a list into lists of at most `size` items. */
export function pieces<T>(items: readonly T[], size: number): (readonly T[])[] {
  if (items.length <= size) return [items];
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
