import { tokensOfTrace } from "../scorers/trace-facts.js";
import type { Feedback } from "../store/assessments.js";
import type { Trace } from "../tracing/read-trace.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import type { Item } from "./items.js";
import type { Prediction } from "./prediction.js";
import type { RowRecord } from "./row-record.js";
import { costOfTrace } from "./usage.js";

/** A row, and its trace, if it may be needed later. */
export interface DoneRow {
  readonly row: EvaluatedRow;
  readonly trace: Trace | undefined;
  /** The id of the trace that the data has for the row. */
  readonly given: string | undefined;
  /** Undefined if nothing is logged, or nothing is known about it. */
  readonly record: RowRecord | undefined;
}

export function doneRow(
  { row: { trace: given } }: Item,
  row: EvaluatedRow,
  trace: Trace | undefined,
  record: RowRecord | undefined,
): DoneRow {
  return { row, trace, record, given: given?.info.traceId };
}

export function rowOf(
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
