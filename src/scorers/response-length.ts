import { invalidParameter } from "../base/errors.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, kindOf, oneOf } from "../settings/kinds.js";
import { Feedback } from "../store/assessments.js";
import { answerText } from "./answer-text.js";
import { type ScoredRow, Scorer } from "./scorer.js";

/** The options of {@link ResponseLength}. At least one of the bounds is required. */
export interface ResponseLengthOptions {
  /** Default: `response_length`. */
  readonly name?: string;
  /** The smallest length that passes. */
  readonly minLength?: number;
  /** The largest length that passes. */
  readonly maxLength?: number;
  /** What is counted: characters (default) or words. */
  readonly unit?: "chars" | "words";
}

const length = kindOf<number>("a whole number from 0 up", (value) => {
  return Number.isSafeInteger(value) && (value as number) >= 0;
});

const KINDS: OptionKinds<ResponseLengthOptions> = {
  name: filledText,
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
export class ResponseLength extends Scorer {
  readonly #options: ResponseLengthOptions;

  constructor(options: ResponseLengthOptions) {
    const caller = "new ResponseLength()";
    const given = readOptions<ResponseLengthOptions>(caller, options, KINDS);
    super({ name: given.name ?? "response_length" });
    const { minLength, maxLength } = given;
    if (minLength === undefined && maxLength === undefined) {
      throw invalidParameter(`${caller} requires the option \`minLength\` or \`maxLength\`.`);
    }
    if ((minLength ?? 0) > (maxLength ?? Number.POSITIVE_INFINITY)) {
      throw invalidParameter(
        `${caller} option \`minLength\` takes a number up to \`maxLength\` (${maxLength}), got ${minLength}.`,
      );
    }
    this.#options = given;
  }

  score({ outputs }: ScoredRow): Feedback {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, unit = "chars" } = this.#options;
    const text = answerText(outputs);
    // As in Python, a character outside of the basic plane counts once.
    const count = unit === "words" ? (text?.match(/\S+/g) ?? []).length : [...(text ?? "")].length;
    const passes = text !== undefined && count >= minLength && count <= maxLength;
    return new Feedback({
      name: this.name,
      value: passes ? "yes" : "no",
      source: { sourceType: "CODE", sourceId: this.name },
      rationale:
        text === undefined ? "The row has no outputs." : `The answer has ${count} ${unit}.`,
    });
  }
}
