import type { MlflowException } from "../../base/errors.js";
import type { Verdict } from "../retry.js";
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
