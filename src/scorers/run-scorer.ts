import { attempt } from "../base/show.js";
import { Feedback } from "../store/assessments.js";
import { exceptionEvent, textOfError } from "../trace/exception.js";
import { readResult } from "./read-result.js";
import type { RunScorer, ScoredRow, Scorer, Scoring } from "./scorer.js";

/** The code of an error of a scorer, as in Python. */
const SCORER_ERROR = "SCORER_ERROR";
const DEFAULT_TIMEOUT_SECONDS = 300;
/** A longer timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Scores a row, and turns what the scorer returns or throws into feedback. Never rejects: an error, a timeout and a
 * result that cannot be feedback become one feedback with an `error`, named as the scorer. The timeout applies to each
 * attempt, not to the time between attempts.
 */
export const runScorer: RunScorer = async (scorer, row, scoring) => {
  try {
    return readResult(
      scorer.name,
      await scoring.withBackoff(() => attemptOnce(scorer, row, scoring)),
    );
  } catch (thrown) {
    return [errorFeedback(scorer.name, thrown)];
  }
};

/** Feedback that says why a scorer gave no value. */
export function errorFeedback(name: string, thrown: unknown): Feedback {
  const stackTrace = attempt(() => String(exceptionEvent(thrown)["exception.stacktrace"]));
  return new Feedback({
    name,
    source: { sourceType: "CODE", sourceId: name },
    error: {
      errorCode: SCORER_ERROR,
      errorMessage: textOfError(thrown),
      ...(stackTrace === undefined ? {} : { stackTrace }),
    },
  });
}

/** Rejects when the evaluation stops or the time is over, even if the scorer ignores its signal. */
async function attemptOnce(scorer: Scorer, row: ScoredRow, scoring: Scoring): Promise<unknown> {
  scoring.signal.throwIfAborted();
  const seconds = scorer.timeout ?? DEFAULT_TIMEOUT_SECONDS;
  const abort = new AbortController();
  const stop = () => abort.abort(scoring.signal.reason);
  scoring.signal.addEventListener("abort", stop, { once: true });
  const timer =
    seconds > 0 && Number.isFinite(seconds)
      ? setTimeout(() => abort.abort(timeoutError(scorer, seconds)), timerMs(seconds))
      : undefined;
  try {
    const scored = (async () => scorer.score(row, { ...scoring, signal: abort.signal }))();
    return await Promise.race([scored, aborted(abort.signal)]);
  } finally {
    clearTimeout(timer);
    scoring.signal.removeEventListener("abort", stop);
  }
}

function timerMs(seconds: number): number {
  return Math.min(seconds * 1000, MAX_TIMER_MS);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function timeoutError(scorer: Scorer, seconds: number): Error {
  const error = new Error(
    `The scorer "${scorer.name}" did not finish within ${seconds} seconds. Set a larger \`timeout\` (seconds; 0: no limit).`,
  );
  error.name = "TimeoutError";
  return error;
}
