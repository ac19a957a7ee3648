import { untilAborted } from "../base/until-aborted.js";
import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { outputsOfTrace } from "../datasets/from-trace.js";
import type { Scorer } from "../scorers/scorer.js";
import { tokensOfTrace } from "../scorers/trace-facts.js";
import type { Feedback } from "../store/assessments.js";
import type { Trace } from "../tracing/read-trace.js";
import type { EarlierRow, EarlierRows } from "./earlier-rows.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { type Item, itemsOf } from "./items.js";
import { createLimit } from "./limit.js";
import type { RowLog } from "./log-row.js";
import { ownWork } from "./own-work.js";
import { type PredictEffects, predict } from "./predict.js";
import type { Prediction } from "./prediction.js";
import { digestsOf, type RowRecord } from "./row-record.js";
import {
  NO_SCORES,
  type ScoreEffects,
  type Scores,
  score,
  scorerNameOf,
  scorersOf,
} from "./score.js";
import type { Stop } from "./stop.js";
import { costOfTrace } from "./usage.js";

export interface EvaluateRowsEffects {
  readonly predicting: PredictEffects;
  readonly scoring: ScoreEffects;
  readonly stop: Stop;
  /** Those of single rows. */
  readonly scorers: readonly Scorer[];
  readonly repetitions: number;
  /** Whether the traces are needed when all rows are done. */
  readonly keepsTraces: boolean;
  readonly maxConcurrency: number;
  readonly scorerConcurrency: number;
  /** Undefined: nothing is logged. */
  readonly log: RowLog | undefined;
  readonly earlier: EarlierRows;
  readonly readTrace: (traceId: string) => Promise<Trace | undefined>;
  readonly onRow: (row: EvaluatedRow) => void;
  /** Called if the results of a row cannot be logged. */
  readonly onLogFailed: (rowId: string, cause: unknown) => void;
}

/** A row, and its trace, if it may be needed later. */
export interface DoneRow {
  readonly row: EvaluatedRow;
  readonly trace: Trace | undefined;
  /** The id of the trace that the data has for the row. */
  readonly given: string | undefined;
  /** Undefined if nothing is logged, or nothing is known about it. */
  readonly record: RowRecord | undefined;
}

export interface EvaluatedRows {
  /** In the order of the data. */
  readonly done: DoneRow[];
  /** Why not all rows are done: an error of the data or of the store. */
  readonly failure: { readonly cause: unknown } | undefined;
}

/**
 * Evaluates all rows: calls the model, runs the scorers, and logs both. Calls of the model and scorers have separate
 * limits. Rows are read when there is room for them. Never rejects.
 */
export async function evaluateRows(
  rows: AsyncIterable<EvaluationRow>,
  effects: EvaluateRowsEffects,
): Promise<EvaluatedRows> {
  const { repetitions, maxConcurrency, scorerConcurrency, stop, keepsTraces } = effects;
  const modelLimit = createLimit(maxConcurrency);
  const room = maxConcurrency + 2 * scorerConcurrency;
  const running = new Set<Promise<void>>();
  const done: (DoneRow & { readonly order: number })[] = [];
  const failures: unknown[] = [];
  let order = 0;
  const start = (item: Item) => {
    const place = order++;
    const work = evaluateItem(item, effects, modelLimit).then(
      (row) => {
        if (!row) return;
        done.push({ ...row, trace: keepsTraces ? row.trace : undefined, order: place });
        effects.onRow(row.row);
      },
      (failure) => void failures.push(failure),
    );
    running.add(work);
    work.finally(() => running.delete(work));
  };
  try {
    for await (const item of untilStopped(itemsOf(rows, repetitions), stop)) {
      if (failures.length > 0) break;
      start(item);
      if (running.size >= room) await Promise.race(running);
    }
  } catch (failure) {
    // The data has a wrong row, or its iterator has thrown.
    failures.push(failure);
  }
  await Promise.all(running);
  done.sort((a, b) => a.order - b.order);
  return { done, failure: failures.length > 0 ? { cause: failures[0] } : undefined };
}

/** Ends when the evaluation is stopped, also while the data has no next item yet. */
async function* untilStopped(items: AsyncGenerator<Item>, stop: Stop): AsyncGenerator<Item> {
  const { signal } = stop;
  const orAborted = <T>(work: Promise<T>) =>
    untilAborted(work, signal, 0).catch((error) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
  try {
    while (!stop.isStopped) {
      const next = await orAborted(items.next());
      if (!next || next.done || stop.isStopped) return;
      yield next.value;
    }
  } finally {
    await orAborted(items.return(undefined));
  }
}

/** Returns undefined if the evaluation has stopped before the row. */
async function evaluateItem(
  given: Item,
  effects: EvaluateRowsEffects,
  modelLimit: ReturnType<typeof createLimit>,
): Promise<DoneRow | undefined> {
  const { item, earlier } = effects.earlier.claim(given);
  const completed = earlier && (await completeEarlier(item, earlier, effects));
  if (completed) return completed;
  const prediction = await modelLimit.run(() => predictUnlessStopped(item, effects));
  if (!prediction) return undefined;
  const { scorers, stop, log, predicting } = effects;
  if (prediction.trace) {
    stop.add({ tokens: tokensOfTrace(prediction.trace.info) ?? 0, cost: 0 });
  }
  const scores = await scoreItem(item, prediction, scorers, effects.scoring);
  if (predicting.isDryRun) prediction.held?.discard();
  const logged = log && ownWork(log.log(item, prediction, scores), stop.signal);
  const done = await logged?.catch((cause) => {
    prediction.held?.send();
    effects.onLogFailed(item.id, cause);
    return { traceId: prediction.held?.traceId, record: undefined };
  });
  const row = rowOf(item, prediction, scores.feedback, done?.traceId);
  return doneRow(item, row, prediction.trace, done?.record);
}

async function predictUnlessStopped(item: Item, effects: EvaluateRowsEffects) {
  const { stop, predicting } = effects;
  if (stop.isStopped) return undefined;
  const { trace, outputs } = item.row;
  if (trace && !predicting.callModel) {
    const latencySeconds = trace.info.executionDuration / 1000;
    return { outputs: outputs ?? outputsOfTrace(trace), trace, latencySeconds };
  }
  return predict(item, predicting);
}

function scoreItem(
  { row }: Item,
  { outputs, trace }: Prediction,
  scorers: readonly Scorer[],
  effects: ScoreEffects,
): Promise<Scores> {
  const { inputs, expectations = {} } = row;
  return score(scorers, { inputs, outputs, expectations, ...(trace && { trace }) }, effects);
}

/** Runs the scorers that are missing on a row of an earlier evaluation. Returns undefined if its trace is missing. */
async function completeEarlier(
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

function doneRow(
  { row: { trace: given } }: Item,
  row: EvaluatedRow,
  trace: Trace | undefined,
  record: RowRecord | undefined,
): DoneRow {
  return { row, trace, record, given: given?.info.traceId };
}

function rowOf(
  { id, index, repetition, row }: Item,
  { outputs, error, trace, latencySeconds }: Prediction,
  feedback: readonly Feedback[],
  traceId: string | undefined,
): EvaluatedRow {
  return {
    ...{ rowId: id, index, repetition, inputs: row.inputs, outputs, traceId, feedback },
    expectations: row.expectations ?? {},
    error: error ?? undefined,
    latencySeconds,
    tokens: trace && tokensOfTrace(trace.info),
    cost: trace && costOfTrace(trace.info),
  };
}
