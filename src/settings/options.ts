import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import type { Redact } from "../trace/redact.js";
import type { ShouldTrace } from "../trace/should-trace.js";
import { type OptionKinds, readOptions } from "./check-options.js";
import {
  callback,
  count,
  duration,
  flag,
  folder,
  type Kind,
  LONGEST_TIMER_MS,
  modelName,
  moduleList,
  oneOf,
  share,
  tags,
  wholeNumber,
} from "./option-kinds.js";
import type { Environment } from "./settings.js";

/**
 * The options of `autolog()`. A missing option comes from its environment variable, else it has its default.
 * A later call replaces all options of an earlier call.
 */
export interface AutologOptions {
  /** Remove the patches and stop tracing. */
  disable: boolean;
  /** Record traces. If false, LangChain stays patched but nothing is recorded. */
  logTraces: boolean;
  /** Log, as an MLflow model, each object that the app calls. It is logged after its first successful call. */
  logModels: boolean;
  /** Log the input of the object's first successful call as the input example; for a batch, its first item. */
  logInputExamples: boolean;
  /** Log the signature, inferred from the input and output of the object's first successful call. The model is not called again. */
  logModelSignatures: boolean;
  /** Register each model that is logged automatically as a version of this registered model. */
  registeredModelName: string | undefined;
  /** Record nothing for calls inside a run that the app started with `startRun()`. */
  exclusive: boolean;
  /** Write nothing to stderr, not even warnings. */
  silent: boolean;
  /** Do not trace if this package was not tested with the installed version of `@langchain/core`. */
  disableForUnsupportedVersions: boolean;
  /** Tags for every trace and for the runs that models are logged to; in the environment, a JSON object of strings. */
  extraTags: Record<string, string>;
  /** Share of root calls that are traced, from 0 to 1. */
  samplingRatio: number;
  /**
   * A function that receives the name, the input and the metadata of each root call, and returns whether to trace it.
   * If it throws, the call is traced. See {@link ShouldTrace}.
   */
  shouldTrace: ShouldTrace | undefined;
  /**
   * Record each token of a streamed model as an event of its span, instead of the first token only.
   * A trace has 10 000 of these events, and 4 million characters in them, at most.
   */
  logTokenEvents: boolean;
  /** Remove known secrets: fields named like secrets, credentials in headers and URLs, and keys in error messages. */
  redactSecrets: boolean;
  /**
   * A function that receives every value of a trace before it is stored or sent, and returns its replacement.
   * It runs later than the app's call and must be synchronous. If it throws, or returns a promise or another value
   * that is not plain data, the value becomes "[redaction failed]". See {@link Redact}.
   */
  redact: Redact | undefined;
  /**
   * Store images, recordings and files, which messages contain as base64 or bytes, as attachments of the trace. If
   * false, they stay in the values, and a mark replaces one that exceeds a limit.
   */
  extractAttachments: boolean;
  /** Maximum bytes of one attachment; a mark replaces a larger one, which is counted. 0 means no limit. */
  maxAttachmentBytes: number;
  /**
   * Inside of spans, make them the active span of OpenTelemetry, if the app uses that: its spans of HTTP requests and
   * databases are then below the spans of this package, with their trace id.
   */
  otelContext: boolean;
  /**
   * Modules of a copy of `@langchain/core` that cannot be patched otherwise, because a bundler has put it into a file of
   * the app: `@langchain/core/runnables` and `@langchain/core/callbacks/manager`, as the app imports them.
   */
  modules: readonly object[];
  /** Maximum bytes of finished traces and their attachments in memory; above it, new traces are dropped and counted. */
  maxQueueBytes: number;
  /** Maximum number of traces in one request. */
  maxBatchTraces: number;
  /** Maximum number of bytes in one request. */
  maxBatchBytes: number;
  /** Maximum time in milliseconds that a finished trace waits before it is sent. */
  flushIntervalMs: number;
  /**
   * Maximum time in milliseconds that an exiting process waits for its traces to be delivered; if not set: 2000 if the rest
   * can be written to disk, else 10 000.
   */
  exitTimeoutMs: number | undefined;
  /**
   * Maximum time in milliseconds that sending a trace is retried; then the trace is dropped and counted. A response may take
   * a quarter of it.
   */
  retryTimeoutMs: number;
  /**
   * When finished traces for a server are written to disk, from where this process or the next one sends them:
   * `"on-failure"` (the first attempt to send them failed, the queue is full, or the process ends), `"always"` (when they are
   * finished) or `"memory"` (never).
   */
  durability: Durability;
  /** The folder for traces that are not sent yet; if not set: `langchain-mlflow/spool` in the user's state folder (`$XDG_STATE_HOME`, else `~/.local/state`). */
  spoolDirectory: string | undefined;
  /** Maximum bytes of traces on disk; above it, the oldest are removed and counted. */
  maxSpoolBytes: number;
  /** Maximum time in milliseconds that a trace stays on disk; then it is removed and counted. */
  maxSpoolAgeMs: number;
  /** Maximum number of open calls; a root call above it is counted but not traced. */
  maxOpenCalls: number;
  /** Maximum time in milliseconds (in the environment: seconds) that a trace may stay open; then it ends with an error and is sent. 0 means no limit. */
  traceTimeoutMs: number;
  /** Maximum characters of one text in a span; the rest is cut, and a mark shows how much. */
  maxStringCharacters: number;
  /** Maximum characters of one input or output; a mark replaces the rest. */
  maxValueCharacters: number;
  /** Maximum number of objects, arrays and leaves in one input or output; a mark replaces the rest. */
  maxValueNodes: number;
  /** Maximum characters of one trace; marks replace later values. */
  maxTraceCharacters: number;
}

const DURABILITIES = ["on-failure", "always", "memory"] as const;
/** When traces for a server are written to disk. */
export type Durability = (typeof DURABILITIES)[number];

interface Declaration<T> {
  readonly kind: Kind<T>;
  readonly defaultValue: T;
  /** MLflow's variable. Default: `MLFLOW_LANGCHAIN_` and the option's name. */
  readonly env?: string;
}

/** The values, the default and the environment variable of every option. Its description is in {@link AutologOptions}. */
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
  shouldTrace: { kind: callback<ShouldTrace>(), defaultValue: undefined },
  logTokenEvents: { kind: flag, defaultValue: false },
  redactSecrets: { kind: flag, defaultValue: true },
  redact: { kind: callback<Redact>(), defaultValue: undefined },
  extractAttachments: {
    kind: flag,
    defaultValue: true,
    env: "MLFLOW_TRACE_EXTRACT_ATTACHMENTS",
  },
  maxAttachmentBytes: {
    kind: wholeNumber(0),
    defaultValue: 0,
    env: "MLFLOW_TRACE_MAX_ATTACHMENT_SIZE",
  },
  otelContext: { kind: flag, defaultValue: false, env: "MLFLOW_TRACE_PROPAGATE_TO_OTEL_CONTEXT" },
  modules: { kind: moduleList, defaultValue: [] },
  maxQueueBytes: { kind: count, defaultValue: 64 * 1024 * 1024 },
  maxBatchTraces: { kind: count, defaultValue: 100 },
  maxBatchBytes: { kind: count, defaultValue: 4 * 1024 * 1024 },
  flushIntervalMs: {
    kind: wholeNumber(1, LONGEST_TIMER_MS),
    defaultValue: 1000,
    env: "MLFLOW_ASYNC_TRACE_LOGGING_MAX_INTERVAL_MILLIS",
  },
  exitTimeoutMs: { kind: wholeNumber(0, LONGEST_TIMER_MS), defaultValue: undefined },
  retryTimeoutMs: { kind: wholeNumber(0, LONGEST_TIMER_MS), defaultValue: 120_000 },
  durability: { kind: oneOf(DURABILITIES), defaultValue: "on-failure" },
  spoolDirectory: { kind: folder, defaultValue: undefined },
  maxSpoolBytes: { kind: count, defaultValue: 128 * 1024 * 1024 },
  maxSpoolAgeMs: { kind: wholeNumber(1), defaultValue: 7 * 24 * 60 * 60 * 1000 },
  maxOpenCalls: { kind: count, defaultValue: 10_000 },
  traceTimeoutMs: { kind: duration, defaultValue: 0, env: "MLFLOW_TRACE_TIMEOUT_SECONDS" },
  maxStringCharacters: { kind: count, defaultValue: 1_000_000 },
  maxValueCharacters: { kind: count, defaultValue: 2_000_000 },
  maxValueNodes: { kind: count, defaultValue: 20_000 },
  maxTraceCharacters: { kind: count, defaultValue: 16_000_000 },
};

export type OptionName = keyof AutologOptions;
export const OPTION_NAMES = Object.keys(DECLARATIONS) as OptionName[];

/** Returns the values, the environment variable (if it has one) and the default of an option. */
export function describeOption(name: OptionName) {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  const { kind, defaultValue, env = `MLFLOW_LANGCHAIN_${snake}` } = DECLARATIONS[name];
  return { ...kind, env: kind.inEnvironment && env, defaultValue };
}

const CALLER = "autolog()";
const KINDS = Object.fromEntries(
  OPTION_NAMES.map((name) => [name, DECLARATIONS[name].kind]),
) as unknown as OptionKinds<AutologOptions>;

/**
 * Returns all options. An option in code has priority over the environment, and the environment over the default.
 * With `onBadVariable`, an invalid environment variable is reported to that function and the default is used.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option or an invalid variable.
 */
export function resolveOptions(
  options: Partial<AutologOptions> = {},
  env: Environment = process.env,
  onBadVariable?: (message: string) => void,
): AutologOptions {
  const given: Partial<AutologOptions> = readOptions<AutologOptions>(CALLER, options, KINDS);
  const resolve = (name: OptionName) =>
    name in given ? given[name] : fromEnvironment(name, env, onBadVariable);
  return Object.fromEntries(
    OPTION_NAMES.map((name) => [name, resolve(name)]),
  ) as unknown as AutologOptions;
}

function fromEnvironment(
  name: OptionName,
  env: Environment,
  onBadVariable: ((message: string) => void) | undefined,
): unknown {
  const option = describeOption(name);
  const text = option.env && env[option.env]?.trim();
  if (!text || !option.inEnvironment) return structuredClone(option.defaultValue);
  const result = option.inEnvironment().safeParse(text);
  if (result.success) return result.data;
  const want = name === "extraTags" ? `${option.want}, as JSON` : option.want;
  const message = `The environment variable ${option.env} (option \`${name}\`) takes ${want}, got ${show(text)}.`;
  if (!onBadVariable) throw invalidParameter(message);
  onBadVariable(`${message} The default is used: ${show(option.defaultValue)}.`);
  return structuredClone(option.defaultValue);
}
