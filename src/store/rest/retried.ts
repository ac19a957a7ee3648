import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { retryDelayMs } from "../retry.js";
import type { Http } from "./http.js";
import { type HttpRequest, type HttpResponse, isConflict } from "./response.js";
import { verdictOf } from "./verdict.js";

/** How a request is repeated after a transient failure. */
export interface Repetition {
  /** Whether a repeated request would create a second object. Then a request is repeated only if the server has not carried it out. */
  readonly isOnce?: boolean;
  /** Whether the response to a repeated request shows that the server has carried out an earlier one. */
  readonly isRepeated?: (response: HttpResponse) => boolean;
  /** Whether a retry would get the same response, although its status is transient. */
  readonly isFinal?: (response: HttpResponse) => boolean | Promise<boolean>;
}

export interface RetryOptions extends Repetition {
  readonly maxRetries: number;
  /** Milliseconds after which no further attempt starts. */
  readonly maxMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the last attempt made progress: then the count of failures starts again. */
  readonly advanced?: () => boolean;
}

/** An HTTP client that repeats requests. By default, a request is one that has the same effect when it is repeated. */
export interface RetryingHttp {
  /** The tracking URI without credentials. */
  readonly uri: string;
  /** Resolves with the last response. Rejects if the last attempt got no response. */
  send(request: HttpRequest, repetition?: Repetition): Promise<HttpResponse>;
}

/** Repeats the requests that a caller waits for. The queue has its own retries, so its requests do not pass through here. */
export function createRetryingHttp(
  http: Http,
  { maxRetries, requestTimeoutMs }: Settings,
): RetryingHttp {
  return {
    uri: http.uri,
    send: (request, repetition) =>
      sendRetried(() => http.send(request), {
        ...{ ...repetition, maxRetries, maxMs: requestTimeoutMs },
        signal: request.signal,
      }),
  };
}

const no = () => false;

/**
 * Sends a request and retries transient failures, with the delays of {@link retryDelayMs}. Resolves with the last
 * response. Rejects if the last attempt got no response.
 */
export async function sendRetried(
  send: () => Promise<HttpResponse>,
  options: RetryOptions,
): Promise<HttpResponse> {
  const { maxRetries, maxMs = Number.POSITIVE_INFINITY, signal, advanced = no } = options;
  const { isOnce = false, isRepeated = no } = options;
  const startMs = performance.now();
  /** Whether the server may have carried out the request. */
  let mayBeDone = false;
  for (let failures = 1; ; failures++) {
    const outcome = await attempt(send, options);
    const { response } = outcome;
    if (response && mayBeDone && isRepeated(response)) return asSuccess(response);
    if (outcome.isFinal) return outcome.response;
    if (!response && advanced()) failures = 1;
    mayBeDone ||= outcome.mayBeDone;
    const isLate = performance.now() - startMs + outcome.afterMs > maxMs;
    if (failures > maxRetries || isLate || (isOnce && mayBeDone)) return lastOf(outcome);
    const delayMs = retryDelayMs(failures, Math.random, outcome.afterMs);
    await sleep(delayMs, undefined, { ref: false, signal });
  }
}

/** A response that is returned, or a transient failure. */
type Outcome =
  | { readonly isFinal: true; readonly response: HttpResponse }
  | {
      readonly isFinal: false;
      readonly response?: HttpResponse;
      readonly cause: Error;
      /** The delay that the server requests. */
      readonly afterMs: number;
      /** Whether the server may have carried out the request nevertheless. */
      readonly mayBeDone: boolean;
    };

/** A server or proxy answers with the other statuses instead of carrying out the request. */
function mayBeCarriedOut({ status }: HttpResponse): boolean {
  return status === 408 || (status >= 500 && status !== 503);
}

/** Errors of a connection that was never open. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

async function attempt(
  send: () => Promise<HttpResponse>,
  { isFinal = no }: RetryOptions,
): Promise<Outcome> {
  try {
    const response = await send();
    const verdict = verdictOf(response);
    const isLasting =
      verdict.state !== "retry" || isConflict(response) || (await isFinal(response));
    if (isLasting) return { isFinal: true, response };
    const { cause, afterMs = 0 } = verdict;
    return { isFinal: false, response, cause, afterMs, mayBeDone: mayBeCarriedOut(response) };
  } catch (cause) {
    if (!isTransientError(cause)) throw cause;
    return { isFinal: false, cause, afterMs: 0, mayBeDone: !NEVER_SENT.test(codeOf(cause)) };
  }
}

function lastOf({ response, cause }: Extract<Outcome, { isFinal: false }>): HttpResponse {
  if (response) return response;
  throw cause;
}

function asSuccess(response: HttpResponse): HttpResponse {
  return { ...response, status: 200, text: "{}" };
}

function isTransientError(cause: unknown): cause is MlflowException {
  return cause instanceof MlflowException && cause.errorCode === "TEMPORARILY_UNAVAILABLE";
}

function codeOf({ cause }: MlflowException): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}
