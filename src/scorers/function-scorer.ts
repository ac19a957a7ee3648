import { type ScoredRow, Scorer, type ScorerFields, type Scoring } from "./scorer.js";
import { argumentsOf, type ScorerArguments } from "./scorer-arguments.js";

/** The function of a scorer. `signal` aborts when the evaluation stops, or when the scorer reaches its timeout. */
export type ScorerFunction = (
  row: ScorerArguments,
  context: { readonly signal: AbortSignal },
) => unknown;

/** A scorer that calls a function. */
export class FunctionScorer extends Scorer {
  /** An own field, so that a digest of the scorer includes it. */
  readonly fn: ScorerFunction;

  constructor(fields: ScorerFields, fn: ScorerFunction) {
    super(fields);
    this.fn = fn;
  }

  override score(row: ScoredRow, { signal, withBackoff }: Scoring): Promise<unknown> {
    const received = argumentsOf(row);
    // A function may call a model itself.
    return withBackoff(async () => this.fn(received, { signal }));
  }
}
