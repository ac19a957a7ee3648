import { invalidParameter } from "../base/errors.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import { editDistance } from "./levenshtein.js";
import type { ScoredRow } from "./scorer.js";
import { argumentsOf } from "./scorer-arguments.js";

/** The options of {@link EditDistance}. */
export interface EditDistanceOptions extends CodeScorerOptions {}

/**
 * Scores how similar the answer is to the expected text, from 0 to 1: one minus Levenshtein's distance divided by the
 * length of the longer text. Every value passes unless `passIf` is set.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.EditDistance({ passIf: (similarity) => similarity > 0.9 });
 */
export class EditDistance extends CodeScorer<object> {
  constructor(options?: EditDistanceOptions) {
    const names = { caller: "new EditDistance()", defaultName: "edit_distance" };
    super(options, { ...names, isMeasure: true, kinds: {} });
  }

  override score(row: ScoredRow): number | undefined {
    if (Object.keys(row.expectations ?? {}).length === 0) return undefined;
    const { expected } = argumentsOf(row);
    if (typeof expected !== "string") {
      throw invalidParameter("EditDistance requires the expectation `expected_response`, a text.");
    }
    const answer = [...(this.textOf(row) ?? "")];
    const right = [...expected];
    const longer = Math.max(answer.length, right.length);
    const distance = editDistance(answer, right);
    if (distance === undefined) {
      throw invalidParameter(
        `EditDistance compares texts of up to 20000 characters, got ${answer.length} and ${right.length}.`,
      );
    }
    return longer === 0 ? 1 : 1 - distance / longer;
  }
}
