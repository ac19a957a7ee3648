import type { MlflowException } from "../../base/errors.js";
import type { Verdict } from "../store.js";
import { errorOf, isPage, isSuccess, isUnknownRoute, restException } from "./failure.js";
import type { Answer } from "./http.js";

export const STORED: Verdict = { state: "stored" };

const TRANSIENT = new Set([408, 425, 429, 502, 504]);
/** What a server of ours says with 500 and 503 that the next try would not change. */
const LASTING = /FEATURE_DISABLED|NOT_IMPLEMENTED|artifact.* disabled|disabled.*artifact/i;
/** The database failed under the server, or two writers met: nothing is wrong with the trace. */
const MISFORTUNE =
  /Failed to log OpenTelemetry spans|database is locked|UNIQUE constraint|IntegrityError/i;

/** What an answer means for the traces of its request. */
export function verdictOf(answer: Answer): Verdict {
  if (isSuccess(answer)) return STORED;
  const cause = restException(answer);
  if (isTransient(answer)) {
    const afterMs = retryAfterMs(answer.retryAfter);
    return { state: "retry", cause, ...(afterMs !== undefined && { afterMs }) };
  }
  return { state: isAgainstUs(answer) ? "blocked" : "refused", cause };
}

/** What it means that no usable answer came: mistrust and wrong settings stay, the rest may pass. */
export function verdictOfError(cause: MlflowException): Verdict {
  const stays = /^(PERMISSION_DENIED|INVALID_PARAMETER_VALUE|MAX_READ_SIZE_EXCEEDED)$/.test(
    cause.errorCode,
  );
  return { state: stays ? "blocked" : "retry", cause };
}

/** 3.2 and 3.3 do not take the info of a trace twice: once is enough. */
export function isRepeatedInfo(answer: Answer): boolean {
  return answer.status === 400 && /UNIQUE constraint/i.test(answer.text);
}

/** A request of many traces that may go through without one of them. */
export function isAboutContent(answer: Answer): boolean {
  const { status } = answer;
  return (
    status === 400 || status === 413 || status === 422 || (status === 500 && isTransient(answer))
  );
}

function isTransient(answer: Answer): boolean {
  const { status, text } = answer;
  if (TRANSIENT.has(status)) return true;
  if (status >= 500 && status !== 501) return !LASTING.test(text);
  return (status === 400 || status === 422) && MISFORTUNE.test(text);
}

function isAgainstUs(answer: Answer): boolean {
  const { status } = answer;
  if (status < 400) return true;
  if (status === 401 || status === 403 || status === 407) return true;
  return isUnknownRoute(answer) || (status === 404 && isPage(answer)) || isLastingFault(answer);
}

function isLastingFault(answer: Answer): boolean {
  return answer.status >= 500 && errorOf(answer).errorCode === "FEATURE_DISABLED";
}

/** Seconds or a date, in milliseconds from now. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const afterMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(afterMs) ? undefined : Math.max(0, afterMs);
}
