import { inspect } from "node:util";
import { warnOnce } from "../base/log.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that come from the environment only: where the tracking server is and how to connect to it. */
export interface Settings {
  /** `MLFLOW_TRACKING_URI`: `http(s)://…` for a server, `file:…` or a path for a local store. */
  readonly trackingUri: string | undefined;
  /** `MLFLOW_EXPERIMENT_NAME`: created if it is missing. */
  readonly experimentName: string | undefined;
  /** `MLFLOW_EXPERIMENT_ID`: must exist. */
  readonly experimentId: string | undefined;
  /** `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`: basic authentication. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** `MLFLOW_TRACKING_TOKEN`: bearer authentication. */
  readonly token: string | undefined;
  /** `MLFLOW_TRACKING_INSECURE_TLS`: do not check the server's certificate. */
  readonly insecureTls: boolean;
  /** `MLFLOW_TRACKING_SERVER_CERT_PATH`: certificates to trust. */
  readonly serverCertPath: string | undefined;
  /** `MLFLOW_WORKSPACE`. */
  readonly workspace: string | undefined;
  /** `MLFLOW_RUN_ID`: the run that the first `startRun()` resumes. */
  readonly runId: string | undefined;
  /** `MLFLOW_TRUNCATE_LONG_VALUES`: cut params and tags that are too long instead of rejecting them. */
  readonly truncatesLongValues: boolean;
  /** `MLFLOW_HTTP_REQUEST_TIMEOUT`, which is in seconds. */
  readonly requestTimeoutMs: number;
  /**
   * The same for requests to a server that has not answered yet. Without the variable it is shorter, because the app
   * may wait for a server that never answers.
   */
  readonly firstRequestTimeoutMs: number;
  /** `MLFLOW_HTTP_REQUEST_MAX_RETRIES`: how often a request that the app awaits is retried. */
  readonly maxRetries: number;
  /** `MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD`. If undefined, the server decides. */
  readonly multipartUpload: boolean | undefined;
  /** `MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE`. */
  readonly multipartMinimumBytes: number;
  /** `MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE`. */
  readonly multipartChunkBytes: number;
  /** `MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES`: the maximum size of a text or JSON response. */
  readonly maxResponseBytes: number;
  /**
   * `MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS`: artifact locations that a store may use besides the safe ones.
   * A folder may be read and written. An origin such as `https://host:5500` receives the credentials.
   */
  readonly allowedArtifactRoots: ArtifactRoots;
  /** `MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR`: show a progress bar on a terminal. Default: true. */
  readonly showsProgress: boolean;
}

export interface ArtifactRoots {
  /** Paths or `file:` URIs. */
  readonly folders: readonly string[];
  readonly origins: readonly string[];
}

const REQUEST_TIMEOUT = "MLFLOW_HTTP_REQUEST_TIMEOUT";
const DEFAULT_REQUEST_TIMEOUT_SECONDS = 120;
const DEFAULT_FIRST_REQUEST_TIMEOUT_SECONDS = 30;
const MEBIBYTE = 1024 * 1024;
/** About 24 days: the longest time of a timer in Node.js. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

export const MAX_RESPONSE_BYTES = "MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES";
export const ALLOWED_ARTIFACT_ROOTS = "MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS";

/** Reads the current environment. An empty variable is ignored. An invalid variable is ignored too, and logs a warning once. */
export function readSettings(env: Environment = process.env): Settings {
  const text = (name: string) => env[name] || undefined;
  return {
    trackingUri: text("MLFLOW_TRACKING_URI"),
    experimentName: text("MLFLOW_EXPERIMENT_NAME"),
    experimentId: text("MLFLOW_EXPERIMENT_ID"),
    username: text("MLFLOW_TRACKING_USERNAME"),
    password: text("MLFLOW_TRACKING_PASSWORD"),
    token: text("MLFLOW_TRACKING_TOKEN"),
    insecureTls: readFlag("MLFLOW_TRACKING_INSECURE_TLS", env),
    serverCertPath: text("MLFLOW_TRACKING_SERVER_CERT_PATH"),
    workspace: text("MLFLOW_WORKSPACE"),
    runId: text("MLFLOW_RUN_ID"),
    truncatesLongValues: readFlag("MLFLOW_TRUNCATE_LONG_VALUES", env, true),
    requestTimeoutMs: readTimeoutMs(env, DEFAULT_REQUEST_TIMEOUT_SECONDS),
    firstRequestTimeoutMs: readTimeoutMs(env, DEFAULT_FIRST_REQUEST_TIMEOUT_SECONDS),
    maxRetries: readWhole("MLFLOW_HTTP_REQUEST_MAX_RETRIES", env, { min: 0, defaultValue: 5 }),
    multipartUpload: text("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD")
      ? readFlag("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", env)
      : undefined,
    multipartMinimumBytes: readWhole("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", env, {
      min: 0,
      defaultValue: 500 * MEBIBYTE,
    }),
    multipartChunkBytes: readWhole("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", env, {
      min: 1,
      defaultValue: 10 * MEBIBYTE,
    }),
    maxResponseBytes: readWhole(MAX_RESPONSE_BYTES, env, {
      min: 1,
      defaultValue: 64 * MEBIBYTE,
    }),
    allowedArtifactRoots: readArtifactRoots(ALLOWED_ARTIFACT_ROOTS, env),
    showsProgress: readFlag("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", env, true),
  };
}

/** `MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING`: whether a model stores the names of variables. Default: true. */
export function readsVariables(env: Environment = process.env): boolean {
  return parseFlag(env.MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING) ?? true;
}

/** Reads a variable that a model names. An empty variable is ignored. */
export function readVariable(name: string, env: Environment = process.env): string | undefined {
  return env[name] || undefined;
}

/** The names of MLflow's variables that are set, sorted. */
export function setVariables(env: Environment = process.env): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith("MLFLOW_") && env[name])
    .sort();
}

/** `MLFLOW_ACTIVE_MODEL_ID`: the logged model that traces are linked to. */
export function readActiveModelId(env: Environment = process.env): string | undefined {
  return readVariable("MLFLOW_ACTIVE_MODEL_ID", env);
}

/** For how many seconds `loadPrompt()` keeps a version in memory. */
export interface PromptCacheSettings {
  /** `MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS`: a version that was loaded by an alias, or as the latest one. */
  readonly aliasSeconds: number;
  /** `MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS`: a version that was loaded by its number. */
  readonly versionSeconds: number;
}

export function readPromptCacheSettings(env: Environment = process.env): PromptCacheSettings {
  return {
    aliasSeconds: readSeconds("MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS", env, 60),
    versionSeconds: readSeconds(
      "MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS",
      env,
      Number.POSITIVE_INFINITY,
    ),
  };
}

/** Settings of `predict`. */
export interface PredictionSettings {
  /** `MLFLOW_DISABLE_SCHEMA_DETAILS`: errors for an invalid input do not show the schema. */
  readonly hidesSchemaDetails: boolean;
  /**
   * `MLFLOW_CONVERT_MESSAGES_DICT_FOR_LANGCHAIN`: whether `{ messages }` in OpenAI's format become LangChain messages.
   * Default: if the model takes messages.
   */
  readonly convertsMessages: boolean | undefined;
}

/** Reads the current environment. An empty variable is ignored. */
export function readPredictionSettings(env: Environment = process.env): PredictionSettings {
  const flag = (name: string) => (env[name]?.trim() ? parseFlag(env[name]) === true : undefined);
  return {
    hidesSchemaDetails: flag("MLFLOW_DISABLE_SCHEMA_DETAILS") ?? false,
    convertsMessages: flag("MLFLOW_CONVERT_MESSAGES_DICT_FOR_LANGCHAIN"),
  };
}

function readFlag(name: string, env: Environment, defaultValue = false): boolean {
  const flag = parseFlag(env[name]);
  if (flag !== undefined) return flag;
  if (env[name]?.trim()) warnInvalid(name, "true or false", env, String(defaultValue));
  return defaultValue;
}

/** Parses a flag as MLflow does. */
export function parseFlag(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase();
  if (word === "true" || word === "1") return true;
  return word === "false" || word === "0" ? false : undefined;
}

function readWhole(
  name: string,
  env: Environment,
  { min, defaultValue }: { min: number; defaultValue: number },
): number {
  const text = env[name]?.trim();
  const number = Number(text || defaultValue);
  if (Number.isSafeInteger(number) && number >= min) return number;
  warnInvalid(name, `a whole number from ${min} up`, env, String(defaultValue));
  return defaultValue;
}

/** Python writes the longest time as `inf`. */
function readSeconds(name: string, env: Environment, defaultValue: number): number {
  const text = env[name]?.trim();
  if (!text) return defaultValue;
  const seconds = /^inf(inity)?$/i.test(text) ? Number.POSITIVE_INFINITY : Number(text);
  if (seconds >= 0) return seconds;
  warnInvalid(name, "a number of seconds from 0 up", env, String(defaultValue));
  return defaultValue;
}

/** Commas separate the entries. In a `file:` URI, `%2C` is a comma of the path. */
function readArtifactRoots(name: string, env: Environment): ArtifactRoots {
  const entries = (env[name] ?? "").split(",").map((entry) => entry.trim());
  const folders: string[] = [];
  const origins: string[] = [];
  for (const entry of entries.filter((text) => text !== "")) {
    const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(entry)?.[1]?.toLowerCase();
    if (scheme === undefined || scheme === "file") folders.push(entry);
    else if (/^https?$/.test(scheme) && URL.canParse(entry)) origins.push(new URL(entry).origin);
    else {
      warnOnce(
        `environment ${name} ${entry}`,
        `The environment variable ${name} takes folders and origins like https://host:5500, separated by commas. The entry ${inspect(entry)} is ignored.`,
      );
    }
  }
  return { folders, origins };
}

function readTimeoutMs(env: Environment, defaultSeconds: number): number {
  const seconds = Number(env[REQUEST_TIMEOUT]?.trim() || defaultSeconds);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return Math.ceil(seconds * 1000);
  const want = `a number of seconds above 0, at most ${LONGEST_TIMEOUT_SECONDS}`;
  warnInvalid(REQUEST_TIMEOUT, want, env, String(DEFAULT_REQUEST_TIMEOUT_SECONDS));
  return defaultSeconds * 1000;
}

function warnInvalid(name: string, want: string, env: Environment, used: string): void {
  const got = inspect(env[name]);
  warnOnce(
    `environment ${name}`,
    `The environment variable ${name} takes ${want}, got ${got}. The default is used: ${used}.`,
  );
}
