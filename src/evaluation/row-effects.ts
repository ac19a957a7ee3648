import type { Scorer } from "../scorers/scorer.js";
import type { Trace } from "../tracing/read-trace.js";
import type { EarlierRows } from "./earlier-rows.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import type { Item } from "./items.js";
import type { RowLog } from "./log-row.js";
import type { PredictEffects } from "./predict.js";
import type { Prediction } from "./prediction.js";
import { type ScoreEffects, type Scores, score } from "./score.js";
import type { Stop } from "./stop.js";

/** What the evaluation of a row needs. */
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

/** Runs scorers on a row. */
export function scoreItem(
  { row }: Item,
  { outputs, trace }: Prediction,
  scorers: readonly Scorer[],
  effects: ScoreEffects,
): Promise<Scores> {
  const { inputs, expectations = {} } = row;
  return score(scorers, { inputs, outputs, expectations, ...(trace && { trace }) }, effects);
}
