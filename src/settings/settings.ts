import { inspect } from "node:util";
import { warnOnce } from "../base/log.js";
import type { Environment } from "./resolve.js";

/** What only the environment says: where the tracking server is and how to speak to it. */
export interface Settings {
  /** `MLFLOW_TRACKING_URI`: `http(s)://…` is a server, `file:…` or a path a local store. */
  readonly trackingUri: string | undefined;
  /** `MLFLOW_EXPERIMENT_NAME`: made when it is missing. */
  readonly experimentName: string | undefined;
  /** `MLFLOW_EXPERIMENT_ID`: has to exist. */
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
  /** `MLFLOW_RUN_ID`: the run that the first `startRun()` goes on with. */
  readonly runId: string | undefined;
  /** `MLFLOW_TRUNCATE_LONG_VALUES`: cut params and tags that are too long; else they are refused. */
  readonly truncatesLongValues: boolean;
  /** `MLFLOW_HTTP_REQUEST_TIMEOUT`, there in seconds. */
  readonly requestTimeoutMs: number;
  /** `MLFLOW_HTTP_REQUEST_MAX_RETRIES`: how often what somebody waits for is tried again. */
  readonly maxRetries: number;
  /** `MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD`; undefined: as the server says. */
  readonly multipartUpload: boolean | undefined;
  /** `MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE`. */
  readonly multipartMinimumBytes: number;
  /** `MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE`. */
  readonly multipartChunkBytes: number;
  /** `MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES`: the longest text or JSON that is read from a server. */
  readonly maxResponseBytes: number;
  /**
   * `MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS`: what a store may name as the place of its artifacts beyond what
   * is safe. A folder may be read and written; an origin such as `https://host:5500` receives the credentials.
   */
  readonly allowedArtifactRoots: ArtifactRoots;
  /** `MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR`; on by default, where there is a terminal. */
  readonly showsProgress: boolean;
}

export interface ArtifactRoots {
  /** Paths or `file:` URIs. */
  readonly folders: readonly string[];
  readonly origins: readonly string[];
}

const DEFAULT_REQUEST_TIMEOUT_SECONDS = 120;
const MEBIBYTE = 1024 * 1024;
/** About 24 days, the longest wait a timer of Node's can do. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

export const MAX_RESPONSE_BYTES = "MLFLOW_LANGCHAIN_MAX_RESPONSE_BYTES";
export const ALLOWED_ARTIFACT_ROOTS = "MLFLOW_LANGCHAIN_ALLOWED_ARTIFACT_ROOTS";

/** Reads the environment as it is now; an empty variable counts as unset, a wrong one is told once. */
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
    requestTimeoutMs: readTimeoutMs("MLFLOW_HTTP_REQUEST_TIMEOUT", env),
    maxRetries: readWhole("MLFLOW_HTTP_REQUEST_MAX_RETRIES", env, { least: 0, byDefault: 5 }),
    multipartUpload: text("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD")
      ? readFlag("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", env)
      : undefined,
    multipartMinimumBytes: readWhole("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", env, {
      least: 0,
      byDefault: 500 * MEBIBYTE,
    }),
    multipartChunkBytes: readWhole("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", env, {
      least: 1,
      byDefault: 10 * MEBIBYTE,
    }),
    maxResponseBytes: readWhole(MAX_RESPONSE_BYTES, env, {
      least: 1,
      byDefault: 64 * MEBIBYTE,
    }),
    allowedArtifactRoots: readArtifactRoots(ALLOWED_ARTIFACT_ROOTS, env),
    showsProgress: readFlag("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", env, true),
  };
}

/** As MLflow reads its flags. */
function readFlag(name: string, env: Environment, byDefault = false): boolean {
  const text = env[name]?.trim().toLowerCase();
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  if (text) tellWrong(name, "true or false", env, String(byDefault));
  return byDefault;
}

function readWhole(
  name: string,
  env: Environment,
  { least, byDefault }: { least: number; byDefault: number },
): number {
  const text = env[name]?.trim();
  const number = Number(text || byDefault);
  if (Number.isSafeInteger(number) && number >= least) return number;
  tellWrong(name, `a whole number from ${least} on`, env, String(byDefault));
  return byDefault;
}

/** Entries are separated by commas. A folder whose name has a comma is given as a `file:` URI with `%2C`. */
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

function readTimeoutMs(name: string, env: Environment): number {
  const text = env[name]?.trim();
  const seconds = Number(text || DEFAULT_REQUEST_TIMEOUT_SECONDS);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return Math.ceil(seconds * 1000);
  const want = `a number of seconds above 0, at most ${LONGEST_TIMEOUT_SECONDS}`;
  tellWrong(name, want, env, String(DEFAULT_REQUEST_TIMEOUT_SECONDS));
  return DEFAULT_REQUEST_TIMEOUT_SECONDS * 1000;
}

function tellWrong(name: string, want: string, env: Environment, used: string): void {
  const got = inspect(env[name]);
  warnOnce(
    `environment ${name}`,
    `The environment variable ${name} takes ${want}, got ${got}. The default is used: ${used}.`,
  );
}
