import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { outputsOfTrace } from "../datasets/from-trace.js";
import type { Scorer } from "../scorers/scorer.js";
import { tokensOfTrace } from "../scorers/trace-facts.js";
import type { Feedback } from "../store/assessments.js";
import type { Trace } from "../tracing/read-trace.js";
import type { EarlierRow } from "./earlier-rows.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { type Item, itemsOf } from "./items.js";
import { createLimit } from "./limit.js";
import type { RowLog } from "./log-row.js";
import { type PredictEffects, predict } from "./predict.js";
import type { Prediction } from "./prediction.js";
import { type ScoreEffects, score } from "./score.js";
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
  readonly earlier: ReadonlyMap<string, EarlierRow>;
  readonly readTrace: (traceId: string) => Promise<Trace | undefined>;
  readonly deleteFeedback: (traceId: string, assessmentId: string) => Promise<void>;
  readonly onRow: (row: EvaluatedRow) => void;
}

/** A row, and its trace, if it may be needed later. */
export interface DoneRow {
  readonly row: EvaluatedRow;
  readonly trace: Trace | undefined;
  /** The id of the trace that the data has for the row. */
  readonly given: string | undefined;
}

/**
 * Evaluates all rows: calls the model, runs the scorers, and logs both. Calls of the model and scorers have separate
 * limits. Rows are read when there is room for them.
 */
export async function evaluateRows(
  rows: AsyncIterable<EvaluationRow>,
  effects: EvaluateRowsEffects,
): Promise<DoneRow[]> {
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
    for await (const item of itemsOf(rows, repetitions)) {
      if (stop.isStopped || failures.length > 0) break;
      start(item);
      if (running.size >= room) await Promise.race(running);
    }
  } catch (failure) {
    // The data has a wrong row.
    failures.push(failure);
  }
  await Promise.all(running);
  // Of the data or of the store, not of the model or of a scorer.
  if (failures.length > 0) throw failures[0];
  return done.sort((a, b) => a.order - b.order);
}

/** Returns undefined if the evaluation has stopped before the row. */
async function evaluateItem(
  item: Item,
  effects: EvaluateRowsEffects,
  modelLimit: ReturnType<typeof createLimit>,
): Promise<DoneRow | undefined> {
  const earlier = effects.earlier.get(item.id);
  if (earlier) return completeEarlier(item, earlier, effects);
  const prediction = await modelLimit.run(() => predictUnlessStopped(item, effects));
  if (!prediction) return undefined;
  const { scorers, stop, log, predicting } = effects;
  if (prediction.trace) {
    stop.add({ tokens: tokensOfTrace(prediction.trace.info) ?? 0, cost: 0 });
  }
  const feedback = await scoreItem(item, prediction, scorers, effects.scoring);
  if (predicting.isDryRun) prediction.held?.discard();
  const traceId = await log?.log(item, prediction, feedback);
  const row = rowOf(item, prediction, feedback, traceId);
  return { row, trace: prediction.trace, given: item.row.trace?.info.traceId };
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
): Promise<Feedback[]> {
  const { inputs, expectations = {} } = row;
  return score(scorers, { inputs, outputs, expectations, ...(trace && { trace }) }, effects);
}

/** Runs the scorers that are missing on a row of an earlier evaluation. */
async function completeEarlier(
  item: Item,
  earlier: EarlierRow,
  effects: EvaluateRowsEffects,
): Promise<DoneRow | undefined> {
  const { info, missing, replaced } = earlier;
  const { readTrace, deleteFeedback, log, stop } = effects;
  const trace = await readTrace(info.traceId);
  if (!trace) return undefined;
  const latencySeconds = info.executionDuration / 1000;
  const prediction = { outputs: outputsOfTrace(trace), trace, latencySeconds };
  const feedback = stop.isStopped
    ? []
    : await scoreItem(item, prediction, missing, effects.scoring);
  if (feedback.length > 0) {
    await log?.addFeedback(trace, feedback);
    for (const assessmentId of replaced) await deleteFeedback(info.traceId, assessmentId);
  }
  const all = [...earlier.feedback, ...feedback];
  const row = rowOf(item, prediction, all, info.traceId);
  return { row, trace, given: item.row.trace?.info.traceId };
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
