import { connect } from "node:tls";
import { MlflowException } from "../../base/errors.js";
import { speaksHttps } from "./response.js";

/** A request that received no response. */
export interface FailedRequest {
  /** The origin, or the tracking URI without credentials. */
  readonly uri: string;
  /** Whether the caller aborted it. */
  readonly isAborted: boolean;
  /** The time that it had for its response. */
  readonly timeoutMs: number;
  /** Whether the server has answered another request. */
  readonly hasAnswered: boolean;
}

/** TLS errors that a retry does not resolve. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;
/** Errors of a client that speaks TLS to a server that does not. */
const PLAIN_ANSWER =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|packet length too long/;
/** The server closed the connection, or sent something that is not HTTP. */
const NOT_HTTP = /^(UND_ERR_SOCKET|ECONNRESET|EPIPE|HPE_.*)$/;
const TIMEOUT = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;
const PROXY_REFUSAL = /^Proxy .*\((\d+)\)/;
const PROXY_CREDENTIALS =
  "The HTTP proxy requires credentials: put them in the proxy's address, HTTP_PROXY=http://user:password@host:port, or name the tracking server in NO_PROXY.";
const PROBE_TIMEOUT_MS = 2_000;

/** The exception for a request without a response. The message says how to fix the known causes. */
export async function connectionError(
  cause: Error,
  request: FailedRequest,
): Promise<MlflowException> {
  const { uri, isAborted, timeoutMs, hasAnswered } = request;
  const { code = "" } = cause as NodeJS.ErrnoException;
  const reason = cause.message || code || cause.name;
  const exception = (text: string, errorCode: string) =>
    new MlflowException(text, errorCode, { cause });
  if (isAborted) return exception(`The request to ${uri} was aborted.`, "CANCELLED");
  if (PLAIN_ANSWER.test(code) || PLAIN_ANSWER.test(reason)) {
    return exception(
      `The server at ${uri} does not use HTTPS (${code || reason.trim()}): set the tracking URI to ${uri.replace(/^https:/, "http:")}.`,
      "INVALID_PARAMETER_VALUE",
    );
  }
  if (CERTIFICATE.test(code)) {
    return exception(
      `The certificate of the tracking server at ${uri} is not trusted (${reason}): set MLFLOW_TRACKING_SERVER_CERT_PATH to the certificate of its authority, or MLFLOW_TRACKING_INSECURE_TLS=true.`,
      "PERMISSION_DENIED",
    );
  }
  if (TIMEOUT.test(code)) {
    // A server that has never answered is probably not an MLflow server, so the request is not repeated.
    return exception(
      `The tracking server at ${uri} accepts connections, but did not answer within ${timeoutMs / 1000} s: check that it is an MLflow server and not overloaded. MLFLOW_HTTP_REQUEST_TIMEOUT sets this time, in seconds.`,
      hasAnswered ? "TEMPORARILY_UNAVAILABLE" : "DEADLINE_EXCEEDED",
    );
  }
  const [, status] = PROXY_REFUSAL.exec(reason) ?? [];
  if (status === "407") return exception(PROXY_CREDENTIALS, "PERMISSION_DENIED");
  if (status !== undefined) {
    return exception(
      `The HTTP proxy refuses the connection to the tracking server at ${uri} (status ${status}): allow it in the proxy, or name the server in NO_PROXY.`,
      "TEMPORARILY_UNAVAILABLE",
    );
  }
  if (!hasAnswered && NOT_HTTP.test(code) && (await usesTls(uri))) {
    return exception(speaksHttps(uri), "INVALID_PARAMETER_VALUE");
  }
  return exception(
    `No answer from the tracking server at ${uri} (${reason}): check that it is running. Start one with \`mlflow server\`, or set another tracking URI.`,
    "TEMPORARILY_UNAVAILABLE",
  );
}

/** Whether a TLS handshake succeeds at an `http:` address. */
async function usesTls(uri: string): Promise<boolean> {
  const { protocol, hostname, port } = new URL(uri);
  if (protocol !== "http:") return false;
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    // Only the handshake is made: no data is sent, so the certificate does not matter.
    const socket = connect({ host, port: Number(port) || 80, rejectUnauthorized: false });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.unref();
    const timer = setTimeout(() => end(false), PROBE_TIMEOUT_MS);
    timer.unref();
    socket.once("secureConnect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => clearTimeout(timer));
  });
}
