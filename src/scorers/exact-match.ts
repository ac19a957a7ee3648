import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import { isSameData } from "./json-data.js";
import type { ScoredRow } from "./scorer.js";
import { argumentsOf } from "./scorer-arguments.js";

/** The options of {@link ExactMatch}. */
export interface ExactMatchOptions extends CodeScorerOptions {}

/**
 * Scores whether the answer equals the expectation `expected_response`, or the only expectation. The text of the answer is
 * compared with a text. Returns no feedback for a row without expectations.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.ExactMatch();
 */
export class ExactMatch extends CodeScorer<object> {
  constructor(options?: ExactMatchOptions) {
    super(options, { caller: "new ExactMatch()", defaultName: "exact_match", kinds: {} });
  }

  override score(row: ScoredRow): boolean | undefined {
    if (Object.keys(row.expectations ?? {}).length === 0) return undefined;
    const { expected } = argumentsOf(row);
    if (typeof expected === "string") return this.textOf(row) === expected;
    return isSameData(row.outputs, expected);
  }
}
