import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException } from "../../errors.js";
import { retryDelayMs } from "../retry.js";
import type { Answer } from "./http.js";
import { verdictOf } from "./verdict.js";

export interface RetryOptions {
  readonly maxRetries: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the last try came further than any before it: then the count of failures begins anew. */
  readonly advanced?: () => boolean;
}

/**
 * What somebody waits for and may be sent twice: sent again, after the pauses of {@link retryDelayMs},
 * as long as the fault may pass. Gives the last answer; rejects where none came.
 */
export async function sendRetried(
  send: () => Promise<Answer>,
  { maxRetries, signal, advanced }: RetryOptions,
): Promise<Answer> {
  for (let failures = 1; ; failures++) {
    let afterMs = 0;
    try {
      const answer = await send();
      const verdict = verdictOf(answer);
      if (verdict.state !== "retry" || failures > maxRetries) return answer;
      afterMs = verdict.afterMs ?? 0;
    } catch (cause) {
      if (advanced?.()) failures = 1;
      if (failures > maxRetries || !mayPass(cause)) throw cause;
    }
    await sleep(retryDelayMs(failures, Math.random, afterMs), undefined, { ref: false, signal });
  }
}

function mayPass(cause: unknown): boolean {
  return cause instanceof MlflowException && cause.errorCode === "TEMPORARILY_UNAVAILABLE";
}
