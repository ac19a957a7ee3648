import * as z from "zod";

/**
 * What `autolog()` takes. An option that is not named falls back to its environment variable, then
 * to its default; a later call replaces all options of an earlier one.
 */
export interface AutologOptions {
  /** Remove the patches and stop tracing. */
  disable: boolean;
  /** Record traces; off, the patches stay but nothing is recorded. */
  logTraces: boolean;
  /** Print nothing at all, not even the one line a distinct problem gets on stderr. */
  silent: boolean;
  /** Stay off when the version of `@langchain/core` found is not one this package was tested with. */
  disableForUnsupportedVersions: boolean;
  /** Tags put on every trace; in the environment a JSON object of strings. */
  extraTags: Record<string, string>;
  /** Share of root calls that are traced, from 0 to 1. */
  samplingRatio: number;
  /** Bytes of finished traces held in memory; when full, the newest trace is dropped and counted. */
  maxQueueBytes: number;
  /** Most traces sent in one request. */
  maxBatchTraces: number;
  /** Most bytes sent in one request. */
  maxBatchBytes: number;
  /** Longest time in milliseconds that a finished trace waits before it is sent. */
  flushIntervalMs: number;
  /** Longest time in milliseconds that a process which ends waits for its traces to be delivered. */
  exitTimeoutMs: number;
  /** Longest time in milliseconds that a trace is sent again and again before it is dropped and counted. */
  retryTimeoutMs: number;
  /** Calls that are open at the same time; a root call beyond it is not traced, and counted. */
  maxOpenCalls: number;
  /** Characters of one text kept in a span; the rest is cut, with a mark that says how much. */
  maxStringCharacters: number;
  /** Characters kept of one input or output; what comes after is replaced by a mark. */
  maxValueCharacters: number;
  /** Objects, arrays and leaves kept of one input or output; what comes after is replaced by a mark. */
  maxValueNodes: number;
  /** Characters kept of one trace; later values are replaced by a mark. */
  maxTraceCharacters: number;
}

const count = z.coerce.number().int().positive();
const flag = z.union([z.boolean(), z.stringbool()]);
const record = z.record(z.string(), z.string());
const tags = z.union([
  record,
  z.string().transform((text, context) => {
    const parsed = record.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: "expected a JSON object of strings" });
    return z.NEVER;
  }),
]);

/** MLflow's own environment variables; every other option is `MLFLOW_LANGCHAIN_` and its name. */
const MLFLOW_ENV: Partial<Record<keyof AutologOptions, string>> = {
  samplingRatio: "MLFLOW_TRACE_SAMPLING_RATIO",
  flushIntervalMs: "MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS",
};

const schemas = {
  disable: flag.default(false),
  logTraces: flag.default(true),
  silent: flag.default(false),
  disableForUnsupportedVersions: flag.default(false),
  extraTags: tags.default({}),
  samplingRatio: z.coerce.number().min(0).max(1).default(1),
  maxQueueBytes: count.default(64 * 1024 * 1024),
  maxBatchTraces: count.default(100),
  maxBatchBytes: count.default(4 * 1024 * 1024),
  flushIntervalMs: count.default(1000),
  exitTimeoutMs: z.coerce.number().int().min(0).default(2000),
  retryTimeoutMs: z.coerce.number().int().min(0).default(120_000),
  maxOpenCalls: count.default(10_000),
  maxStringCharacters: count.default(1_000_000),
  maxValueCharacters: count.default(2_000_000),
  maxValueNodes: count.default(20_000),
  maxTraceCharacters: count.default(16_000_000),
} satisfies Record<keyof AutologOptions, z.ZodType>;

export type OptionName = keyof AutologOptions;
export const OPTION_NAMES = Object.keys(schemas) as OptionName[];

/** The schema of one option, its environment variable, and its default. */
export function describeOption(name: OptionName) {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return {
    schema: schemas[name],
    env: MLFLOW_ENV[name] ?? `MLFLOW_LANGCHAIN_${snake}`,
    defaultValue: schemas[name].parse(undefined),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
