import { outputsOfTrace } from "../datasets/from-trace.js";
import type { Trace } from "../tracing/read-trace.js";
import { type DoneRow, doneRow, rowOf } from "./done-row.js";
import type { EarlierRow } from "./earlier-rows.js";
import type { Item } from "./items.js";
import { ownWork } from "./own-work.js";
import { type EvaluateRowsEffects, scoreItem } from "./row-effects.js";
import { digestsOf, type RowRecord } from "./row-record.js";
import { NO_SCORES, type Scores, scorerNameOf, scorersOf } from "./score.js";

/** Runs the scorers that are missing on a row of an earlier evaluation. Returns undefined if its trace is missing. */
export async function completeEarlier(
  item: Item,
  earlier: EarlierRow,
  effects: EvaluateRowsEffects,
): Promise<DoneRow | undefined> {
  const { info, missing, replaced, hasOtherExpectations } = earlier;
  const { readTrace, log, stop, predicting } = effects;
  const trace = await ownWork(readTrace(info.traceId), stop.signal);
  if (!trace) return undefined;
  const latencySeconds = info.executionDuration / 1000;
  const given = predicting.callModel ? undefined : item.row.outputs;
  const prediction = { outputs: given ?? outputsOfTrace(trace), trace, latencySeconds };
  const scores = stop.isStopped
    ? NO_SCORES
    : await scoreItem(item, prediction, missing, effects.scoring);
  const haveRun = scorersOf(scores);
  const kept = replaced.filter((one) => !haveRun.has(scorerNameOf(one)));
  const logAll = async () => {
    if (scores.feedback.length > 0) await log?.addFeedback(trace, scores.feedback);
    for (const { assessmentId } of replaced.filter((one) => !kept.includes(one))) {
      if (assessmentId !== undefined) await log?.deleteAssessment(info.traceId, assessmentId);
    }
    return recordCompleted(item, { earlier, trace, scores }, effects);
  };
  const record = await ownWork(logAll(), stop.signal).catch((cause) => {
    effects.onLogFailed(item.id, cause);
    return earlier.record;
  });
  // Feedback about other expectations is not that of the row.
  const feedback = [...earlier.feedback, ...(hasOtherExpectations ? [] : kept), ...scores.feedback];
  return doneRow(item, rowOf(item, prediction, feedback, info.traceId), trace, record);
}

interface Completed {
  readonly earlier: EarlierRow;
  readonly trace: Trace;
  readonly scores: Scores;
}

/** Keeps what the next evaluation with the same run must know. */
async function recordCompleted(
  { row, ...item }: Item,
  { earlier, trace, scores }: Completed,
  { log, predicting }: EvaluateRowsEffects,
): Promise<RowRecord | undefined> {
  const { info, record, missing, hasOtherExpectations } = earlier;
  const { silent } = scores;
  const haveRun = scorersOf(scores);
  // Otherwise, the others have to run with the new expectations too.
  const isComplete = missing.every(({ name }) => haveRun.has(name));
  const isChanged = hasOtherExpectations && isComplete;
  if (!log || (silent.length === 0 && !isChanged)) return record;
  if (isChanged) await log.replaceExpectations({ row, ...item }, trace);
  const digests = isChanged ? digestsOf(row, predicting.callModel !== undefined) : {};
  return log.changeRecord(info.traceId, record, {
    ...digests,
    silent: Object.fromEntries(silent.map((name) => [name, ""])),
  });
}
