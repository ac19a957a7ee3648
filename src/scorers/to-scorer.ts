import { type ScoredRow, Scorer, type Scoring } from "./scorer.js";
export type ForeignEvaluator = (...args: never[]) => unknown;
class FunctionScorer extends Scorer {
  readonly #fn: (row: ScoredRow) => unknown;
  constructor(fn: (row: ScoredRow) => unknown) {
    super({ name: fn.name });
    this.#fn = fn;
  }
  score(row: ScoredRow, _scoring: Scoring): unknown {
    return this.#fn(row);
  }
}
export function toScorer(value: Scorer | ForeignEvaluator): Scorer {
  return value instanceof Scorer ? value : new FunctionScorer(value as (row: ScoredRow) => unknown);
}
