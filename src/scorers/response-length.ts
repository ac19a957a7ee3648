import { invalidParameter } from "../base/errors.js";
import type { NamedKinds } from "../settings/check-options.js";
import { kindOf, oneOf } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";

interface Own {
  /** The smallest length that passes. */
  readonly minLength?: number;
  /** The largest length that passes. */
  readonly maxLength?: number;
  /** What is counted: characters (default) or words. */
  readonly unit?: "chars" | "words";
}

/** The options of {@link ResponseLength}. At least one of the bounds is required. */
export interface ResponseLengthOptions extends Own, CodeScorerOptions {}

const length = kindOf<number>("a whole number from 0 up", (value) => {
  return Number.isSafeInteger(value) && (value as number) >= 0;
});

const KINDS: NamedKinds<Own> = {
  minLength: length,
  maxLength: length,
  unit: oneOf(["chars", "words"]),
};

/**
 * Scores `"yes"` if the length of the answer is within the bounds, else `"no"`. Mirrors
 * `mlflow.genai.scorers.ResponseLength`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without a bound.
 * @example
 * new genai.scorers.ResponseLength({ maxLength: 50, unit: "words" });
 */
export class ResponseLength extends CodeScorer<Own> {
  constructor(options: ResponseLengthOptions) {
    const caller = "new ResponseLength()";
    super(options, { caller, defaultName: "response_length", kinds: KINDS });
    const { minLength, maxLength } = this.options;
    if (minLength === undefined && maxLength === undefined) {
      throw invalidParameter(`${caller} requires the option \`minLength\` or \`maxLength\`.`);
    }
    if ((minLength ?? 0) > (maxLength ?? Number.POSITIVE_INFINITY)) {
      throw invalidParameter(
        `${caller} option \`minLength\` takes a number up to \`maxLength\` (${maxLength}), got ${minLength}.`,
      );
    }
  }

  override score(row: ScoredRow): Feedback {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, unit = "chars" } = this.options;
    const text = this.textOf(row);
    if (text === undefined) return this.rated(false, "The row has no outputs.");
    // As in Python, a character outside of the basic plane counts once.
    const count = unit === "words" ? (text.match(/\S+/g) ?? []).length : [...text].length;
    return this.rated(count >= minLength && count <= maxLength, `The answer has ${count} ${unit}.`);
  }
}
