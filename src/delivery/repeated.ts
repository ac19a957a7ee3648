import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException, RestException } from "../base/errors.js";
import { retryDelayMs } from "../store/retry.js";

const TRANSIENT = new Set([
  "TEMPORARILY_UNAVAILABLE",
  "REQUEST_LIMIT_EXCEEDED",
  "DEADLINE_EXCEEDED",
]);
const PERMANENT = new Set(["NOT_IMPLEMENTED", "FEATURE_DISABLED"]);

/** Whether the server is busy or restarting: a retry may succeed. */
export function isTransient(cause: unknown): boolean {
  if (!(cause instanceof MlflowException)) return false;
  if (TRANSIENT.has(cause.errorCode)) return true;
  return cause instanceof RestException && cause.status >= 500 && !PERMANENT.has(cause.errorCode);
}

/**
 * Whether a caller should wait for another attempt. A server that accepts connections and has never answered is probably not
 * an MLflow server.
 */
function isWorthAWait(cause: unknown): boolean {
  if (!(cause instanceof MlflowException) || !isTransient(cause)) return false;
  return cause instanceof RestException || cause.errorCode !== "DEADLINE_EXCEEDED";
}

/** Repeats transient failures for a caller that waits. The queue has its own retries. */
export async function repeated<T>(attempt: () => Promise<T>, maxRetries: number): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (cause) {
      if (failures > maxRetries || !isWorthAWait(cause)) throw cause;
    }
    await sleep(retryDelayMs(failures, Math.random), undefined, { ref: false });
  }
}
