import type { Feedback } from "../store/assessments.js";

/** A row after its evaluation. */
export interface EvaluatedRow {
  /** Identifies the row in every evaluation of the same data. */
  readonly rowId: string;
  /** The place of the row in the data, from 0. */
  readonly index: number;
  /** From 1, see `numRepetitions`. */
  readonly repetition: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: unknown;
  readonly expectations: Readonly<Record<string, unknown>>;
  /** Undefined if nothing was logged, or if the trace is not stored. The `reason` of the result says why. */
  readonly traceId: string | undefined;
  /** Why there are no outputs. */
  readonly error: string | undefined;
  /** What the scorers returned, also their errors. */
  readonly feedback: readonly Feedback[];
  /** How long the call of the model took. */
  readonly latencySeconds: number | undefined;
  /** The tokens of the trace. */
  readonly tokens: number | undefined;
  /** US dollars, if the server knows the price. */
  readonly cost: number | undefined;
}
