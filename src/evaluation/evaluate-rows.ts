import { untilAborted } from "../base/until-aborted.js";
import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { outputsOfTrace } from "../datasets/from-trace.js";
import { tokensOfTrace } from "../scorers/trace-facts.js";
import { completeEarlier } from "./complete-earlier.js";
import { type DoneRow, doneRow, rowOf } from "./done-row.js";
import { type Item, itemsOf } from "./items.js";
import { createLimit } from "./limit.js";
import { ownWork } from "./own-work.js";
import { predict } from "./predict.js";
import { type EvaluateRowsEffects, scoreItem } from "./row-effects.js";
import type { Stop } from "./stop.js";

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
