import * as z from "zod";
import type { Redact } from "../trace/redact.js";
import type { Kind as KindInCode } from "./given-options.js";

/** The longest wait a timer of Node's can do: beyond it fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * What `autolog()` takes. An option that is not named falls back to its environment variable, then
 * to its default; a later call replaces all options of an earlier one.
 */
export interface AutologOptions {
  /** Remove the patches and stop tracing. */
  disable: boolean;
  /** Record traces; off, the patches stay but nothing is recorded. */
  logTraces: boolean;
  /** Log each object that the app calls as an MLflow model, after its first call that succeeds. */
  logModels: boolean;
  /** Log what that call was given; of a batch the first item. */
  logInputExamples: boolean;
  /** Log the signature of what that call was given and gave back; the model is not called for it. */
  logModelSignatures: boolean;
  /** Makes each model that is logged by itself a version of this registered model. */
  registeredModelName: string | undefined;
  /** Record nothing of what is called in a run that the app started itself. */
  exclusive: boolean;
  /** Print nothing at all, not even the one line a distinct problem gets on stderr. */
  silent: boolean;
  /** Stay off when the version of `@langchain/core` found is not one this package was tested with. */
  disableForUnsupportedVersions: boolean;
  /** Tags put on every trace, and on the runs that models are logged to; in the environment a JSON object of strings. */
  extraTags: Record<string, string>;
  /** Share of root calls that are traced, from 0 to 1. */
  samplingRatio: number;
  /** Take out what is known to be secret: fields named like secrets, credentials in headers and URLs, keys in error texts. */
  redactSecrets: boolean;
  /**
   * A function that gets every value of a trace before anything of it is stored or sent, and returns
   * what takes its place. It runs later than the app's call, and has to be synchronous. Where it throws,
   * or returns a promise or anything else that is no plain data, "[redaction failed]" stands in the
   * value's place. See {@link Redact}.
   */
  redact: Redact | undefined;
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
  /** Longest time in milliseconds (in the environment in seconds) that a trace may be open: then it ends with an error and is sent; 0 is no bound. */
  traceTimeoutMs: number;
  /** Characters of one text kept in a span; the rest is cut, with a mark that says how much. */
  maxStringCharacters: number;
  /** Characters kept of one input or output; what comes after is replaced by a mark. */
  maxValueCharacters: number;
  /** Objects, arrays and leaves kept of one input or output; what comes after is replaced by a mark. */
  maxValueNodes: number;
  /** Characters kept of one trace; later values are replaced by a mark. */
  maxTraceCharacters: number;
}

/** What an option takes in code, and as text in an environment variable. */
interface Kind<T> extends KindInCode<T> {
  /** Undefined where a text cannot say it. */
  readonly inEnvironment: (() => z.ZodType<T>) | undefined;
}

interface Declaration<T> {
  readonly kind: Kind<T>;
  readonly defaultValue: T;
  /** MLflow's own variable; without one it is `MLFLOW_LANGCHAIN_` and the option's name. */
  readonly env?: string;
}

const flag: Kind<boolean> = {
  want: "true or false",
  inCode: () => z.boolean(),
  inEnvironment: () => z.stringbool(),
};

const tags: Kind<Record<string, string>> = {
  want: "an object whose values are strings",
  inCode: () => z.record(z.string(), z.string()),
  inEnvironment: () => z.string().transform(parseJson).pipe(z.record(z.string(), z.string())),
};

const redactFunction: Kind<Redact | undefined> = {
  want: "a function",
  inCode: () => z.custom<Redact>((value) => typeof value === "function"),
  inEnvironment: undefined,
};

/** MLflow's rule for registered models. */
const registeredName = () => z.string().regex(/^[^/:]+$/);

const modelName: Kind<string | undefined> = {
  want: "a name without / and :",
  inCode: registeredName,
  inEnvironment: registeredName,
};

function number(want: string, inCode: () => z.ZodType<number, number>): Kind<number> {
  return { want, inCode, inEnvironment: () => z.string().transform(Number).pipe(inCode()) };
}

function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  const upTo = max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : " up";
  return number(`a whole number from ${min}${upTo}`, () => z.int().min(min).max(max));
}

const share = number("a number from 0 to 1", () => z.number().min(0).max(1));
const count = wholeNumber(1);

/** Milliseconds, but seconds in a variable of MLflow's. */
const duration: Kind<number> = {
  want: `milliseconds (its variable: seconds) from 0 to ${LONGEST_TIMER_MS}`,
  inCode: () => z.int().min(0).max(LONGEST_TIMER_MS),
  inEnvironment: () =>
    z
      .string()
      .transform((text) => Math.ceil(Number(text) * 1000))
      .pipe(z.int().min(0).max(LONGEST_TIMER_MS)),
};

/** Every option once, with what it takes, its default and its environment variable; the texts are above. */
const DECLARATIONS: { readonly [Name in OptionName]: Declaration<AutologOptions[Name]> } = {
  disable: { kind: flag, defaultValue: false },
  logTraces: { kind: flag, defaultValue: true },
  logModels: { kind: flag, defaultValue: false },
  logInputExamples: { kind: flag, defaultValue: false },
  logModelSignatures: { kind: flag, defaultValue: false },
  registeredModelName: { kind: modelName, defaultValue: undefined },
  exclusive: { kind: flag, defaultValue: false },
  silent: { kind: flag, defaultValue: false },
  disableForUnsupportedVersions: { kind: flag, defaultValue: false },
  extraTags: { kind: tags, defaultValue: {} },
  samplingRatio: { kind: share, defaultValue: 1, env: "MLFLOW_TRACE_SAMPLING_RATIO" },
  redactSecrets: { kind: flag, defaultValue: true },
  redact: { kind: redactFunction, defaultValue: undefined },
  maxQueueBytes: { kind: count, defaultValue: 64 * 1024 * 1024 },
  maxBatchTraces: { kind: count, defaultValue: 100 },
  maxBatchBytes: { kind: count, defaultValue: 4 * 1024 * 1024 },
  flushIntervalMs: {
    kind: wholeNumber(1, LONGEST_TIMER_MS),
    defaultValue: 1000,
    env: "MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS",
  },
  exitTimeoutMs: { kind: wholeNumber(0, LONGEST_TIMER_MS), defaultValue: 10_000 },
  retryTimeoutMs: { kind: wholeNumber(0, LONGEST_TIMER_MS), defaultValue: 120_000 },
  maxOpenCalls: { kind: count, defaultValue: 10_000 },
  traceTimeoutMs: { kind: duration, defaultValue: 0, env: "MLFLOW_TRACE_TIMEOUT_SECONDS" },
  maxStringCharacters: { kind: count, defaultValue: 1_000_000 },
  maxValueCharacters: { kind: count, defaultValue: 2_000_000 },
  maxValueNodes: { kind: count, defaultValue: 20_000 },
  maxTraceCharacters: { kind: count, defaultValue: 16_000_000 },
};

export type OptionName = keyof AutologOptions;
export const OPTION_NAMES = Object.keys(DECLARATIONS) as OptionName[];

/** One option: what it takes, its environment variable where it can have one, and its default. */
export function describeOption(name: OptionName) {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  const { kind, defaultValue, env = `MLFLOW_LANGCHAIN_${snake}` } = DECLARATIONS[name];
  return { ...kind, env: kind.inEnvironment && env, defaultValue };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
