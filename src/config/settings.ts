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
  /** `MLFLOW_HTTP_REQUEST_TIMEOUT`, there in seconds. */
  readonly requestTimeoutMs: number;
}

/** Reads the environment as it is now; an empty variable counts as unset. */
export function readSettings(env: Environment = process.env): Settings {
  const text = (name: string) => env[name] || undefined;
  const seconds = Number(text("MLFLOW_HTTP_REQUEST_TIMEOUT"));
  return {
    trackingUri: text("MLFLOW_TRACKING_URI"),
    experimentName: text("MLFLOW_EXPERIMENT_NAME"),
    experimentId: text("MLFLOW_EXPERIMENT_ID"),
    username: text("MLFLOW_TRACKING_USERNAME"),
    password: text("MLFLOW_TRACKING_PASSWORD"),
    token: text("MLFLOW_TRACKING_TOKEN"),
    insecureTls: /^(true|1)$/i.test(text("MLFLOW_TRACKING_INSECURE_TLS") ?? ""),
    serverCertPath: text("MLFLOW_TRACKING_SERVER_CERT_PATH"),
    workspace: text("MLFLOW_WORKSPACE"),
    requestTimeoutMs: seconds > 0 ? seconds * 1000 : 120_000,
  };
}
