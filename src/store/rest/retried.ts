import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import { retryDelayMs } from "../retry.js";
import type { Answer } from "./http.js";
import { verdictOf } from "./verdict.js";

export interface RetryOptions {
  readonly maxRetries: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the last try came further than any before it: then the count of failures begins anew. */
  readonly advanced?: () => boolean;
  /** Whether an answer that may pass will be the same next time after all. */
  readonly isFinal?: (answer: Answer) => boolean | Promise<boolean>;
}

const no = () => false;

/**
 * What somebody waits for and may be sent twice: sent again, after the pauses of {@link retryDelayMs},
 * as long as the fault may pass. Gives the last answer; rejects where none came.
 */
export async function sendRetried(
  send: () => Promise<Answer>,
  { maxRetries, signal, advanced = no, isFinal = no }: RetryOptions,
): Promise<Answer> {
  for (let failures = 1; ; failures++) {
    let afterMs = 0;
    try {
      const answer = await send();
      const pauseMs = failures > maxRetries ? undefined : await pauseAfter(answer, isFinal);
      if (pauseMs === undefined) return answer;
      afterMs = pauseMs;
    } catch (cause) {
      if (advanced()) failures = 1;
      if (failures > maxRetries || !mayPass(cause)) throw cause;
    }
    await sleep(retryDelayMs(failures, Math.random, afterMs), undefined, { ref: false, signal });
  }
}

/** What the server asks to wait for; undefined for an answer that stays the same. */
async function pauseAfter(
  answer: Answer,
  isFinal: Required<RetryOptions>["isFinal"],
): Promise<number | undefined> {
  const verdict = verdictOf(answer);
  if (verdict.state !== "retry" || (await isFinal(answer))) return undefined;
  return verdict.afterMs ?? 0;
}

function mayPass(cause: unknown): boolean {
  return cause instanceof MlflowException && cause.errorCode === "TEMPORARILY_UNAVAILABLE";
}
