import { isDeepStrictEqual } from "node:util";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText } from "../settings/kinds.js";
import { scorerInput } from "./function-scorer.js";
import { type ScoredRow, Scorer } from "./scorer.js";

/** The options of {@link ExactMatch}. */
export interface ExactMatchOptions {
  /** Default: `exact_match`. */
  readonly name?: string;
}

const KINDS: OptionKinds<ExactMatchOptions> = { name: filledText };

/**
 * Scores whether the answer equals the expectation `expected_response`, or the only expectation. The text of the answer is
 * compared with a text. Returns no feedback for a row without expectations.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.ExactMatch();
 */
export class ExactMatch extends Scorer {
  constructor(options: ExactMatchOptions = {}) {
    const { name } = readOptions<ExactMatchOptions>("new ExactMatch()", options, KINDS);
    super({ name: name ?? "exact_match" });
  }

  score(row: ScoredRow): boolean | undefined {
    const { output, expected } = scorerInput(row);
    return expected === undefined ? undefined : isDeepStrictEqual(output, expected);
  }
}
