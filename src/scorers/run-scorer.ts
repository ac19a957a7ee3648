import { untilAborted } from "../base/until-aborted.js";
import { copyJsonData } from "../data/json-data.js";
import { Feedback } from "../store/assessments.js";
import { exceptionEvent } from "../trace/exception.js";
import { feedbackOf } from "./feedback-of.js";
import type { RunScorer, ScoredRow, Scorer, Scoring } from "./scorer.js";

/** Seconds, as in MLflow. */
const DEFAULT_TIMEOUT = 300;
/** Node fires longer timers at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a scorer may go on after an abort, which it may ignore. */
const GRACE_MS = 1_000;

/** Scores a row. An error, and a call that reaches its timeout, become feedback with an error. Never rejects. */
export const runScorer: RunScorer = async (scorer, row, scoring) => {
  try {
    return feedbackOf(scorer.name, await scoreInTime(scorer, copyOf(row), scoring));
  } catch (thrown) {
    const event = exceptionEvent(thrown);
    const error = {
      errorCode: "SCORER_ERROR",
      errorMessage: String(event["exception.message"]),
      stackTrace: String(event["exception.stacktrace"]),
    };
    const source = { sourceType: "CODE", sourceId: scorer.name } as const;
    return [new Feedback({ name: scorer.name, error, source })];
  }
};

/** What a scorer changes must not reach other scorers or the result. Traces are the same objects. */
function copyOf({ trace, session, ...values }: ScoredRow): ScoredRow {
  return { ...copyJsonData(values), ...(trace && { trace }), ...(session && { session }) };
}

async function scoreInTime(scorer: Scorer, row: ScoredRow, scoring: Scoring): Promise<unknown> {
  const { timeout = DEFAULT_TIMEOUT, name } = scorer;
  const start = async (signal: AbortSignal) => scorer.score(row, { ...scoring, signal });
  if (timeout === 0) return untilAborted(start(scoring.signal), scoring.signal, GRACE_MS);
  const overdue = new AbortController();
  const signal = AbortSignal.any([scoring.signal, overdue.signal]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const onTimeout = () => {
      const error = new Error(
        `The scorer '${name}' did not return within ${timeout} seconds. To wait longer, set its \`timeout\`, in seconds; 0 means no limit.`,
      );
      overdue.abort(error);
      reject(error);
    };
    timer = setTimeout(onTimeout, Math.min(timeout * 1000, MAX_TIMER_MS));
  });
  try {
    return await Promise.race([untilAborted(start(signal), scoring.signal, GRACE_MS), late]);
  } finally {
    clearTimeout(timer);
  }
}
