import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import { retryDelayMs, type Verdict } from "../retry.js";
import {
  errorOf,
  type HttpResponse,
  isPage,
  isSuccess,
  isUnknownRoute,
  restException,
} from "./response.js";

export const STORED: Verdict = { state: "stored" };

const TRANSIENT_STATUS = new Set([408, 425, 429, 502, 504]);
/** Errors that MLflow servers return with 500 and 503, and that a retry does not resolve. */
const LASTING = /FEATURE_DISABLED|NOT_IMPLEMENTED|artifact.* disabled|disabled.*artifact/i;
/** The server's database failed, or two writers collided: the data of the request is valid. */
const DATABASE_FAILURE =
  /Failed to log OpenTelemetry spans|database is locked|UNIQUE constraint|IntegrityError/i;

/** What a response means for the data of its request. */
export function verdictOf(response: HttpResponse): Verdict {
  if (isSuccess(response)) return STORED;
  const cause = restException(response);
  if (isTransient(response)) {
    const afterMs = retryAfterMs(response.retryAfter);
    return { state: "retry", cause, ...(afterMs !== undefined && { afterMs }) };
  }
  return { state: rejectsEveryRequest(response) ? "blocked" : "refused", cause };
}

/** What a request without a response means: an untrusted certificate or a wrong setting lasts, the rest is transient. */
export function verdictOfError(cause: MlflowException): Verdict {
  const lasts = /^(PERMISSION_DENIED|INVALID_PARAMETER_VALUE|MAX_READ_SIZE_EXCEEDED)$/.test(
    cause.errorCode,
  );
  return { state: lasts ? "blocked" : "retry", cause };
}

/** Whether the server already has the info of a trace: 3.2 and 3.3 reject it the second time. */
export function isRepeatedInfo(response: HttpResponse): boolean {
  return response.status === 400 && /UNIQUE constraint/i.test(response.text);
}

/** Whether a request of many traces may succeed without one of them. */
export function isAboutContent(response: HttpResponse): boolean {
  const { status } = response;
  return (
    status === 400 || status === 413 || status === 422 || (status === 500 && isTransient(response))
  );
}

function isTransient({ status, text }: HttpResponse): boolean {
  if (TRANSIENT_STATUS.has(status)) return true;
  if (status >= 500 && status !== 501) return !LASTING.test(text);
  return (status === 400 || status === 422) && DATABASE_FAILURE.test(text);
}

function rejectsEveryRequest(response: HttpResponse): boolean {
  const { status } = response;
  if (status < 400 || status === 401 || status === 403 || status === 407) return true;
  if (isUnknownRoute(response) || (status === 404 && isPage(response))) return true;
  return status >= 500 && errorOf(response).errorCode === "FEATURE_DISABLED";
}

/** Milliseconds from now. The header contains seconds or a date. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const afterMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(afterMs) ? undefined : Math.max(0, afterMs);
}

export interface RetryOptions {
  readonly maxRetries: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the last attempt made progress: then the count of failures starts again. */
  readonly advanced?: () => boolean;
  /** Whether a retry would get the same response, although its status is transient. */
  readonly isFinal?: (response: HttpResponse) => boolean | Promise<boolean>;
}

const no = () => false;

/**
 * Sends an idempotent request and retries transient failures, with the delays of {@link retryDelayMs}.
 * Resolves with the last response. Rejects if the last attempt got no response.
 */
export async function sendRetried(
  send: () => Promise<HttpResponse>,
  { maxRetries, signal, advanced = no, isFinal = no }: RetryOptions,
): Promise<HttpResponse> {
  for (let failures = 1; ; failures++) {
    let afterMs = 0;
    try {
      const response = await send();
      const delayMs = failures > maxRetries ? undefined : await delayAfter(response, isFinal);
      if (delayMs === undefined) return response;
      afterMs = delayMs;
    } catch (cause) {
      if (advanced()) failures = 1;
      if (failures > maxRetries || !isTransientError(cause)) throw cause;
    }
    await sleep(retryDelayMs(failures, Math.random, afterMs), undefined, { ref: false, signal });
  }
}

/** The delay that the server requests. Undefined if a retry would not help. */
async function delayAfter(
  response: HttpResponse,
  isFinal: Required<RetryOptions>["isFinal"],
): Promise<number | undefined> {
  const verdict = verdictOf(response);
  if (verdict.state !== "retry" || (await isFinal(response))) return undefined;
  return verdict.afterMs ?? 0;
}

function isTransientError(cause: unknown): boolean {
  return cause instanceof MlflowException && cause.errorCode === "TEMPORARILY_UNAVAILABLE";
}
