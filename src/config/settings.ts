import { inspect } from "node:util";
import { warnOnce } from "../log.js";
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
}

const DEFAULT_REQUEST_TIMEOUT_SECONDS = 120;
/** About 24 days, the longest wait a timer of Node's can do. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

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
  };
}

/** As MLflow reads its flags. */
function readFlag(name: string, env: Environment, byDefault = false): boolean {
  const text = env[name]?.trim().toLowerCase();
  if (!text) return byDefault;
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  tellWrong(name, "true or false", env, String(byDefault));
  return byDefault;
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
