import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { filledText, flag, kindOf, required } from "../settings/kinds.js";
import { Feedback } from "../store/assessments.js";
import { answerText } from "./answer-text.js";
import { type ScoredRow, Scorer } from "./scorer.js";

/** The options of {@link RegexMatch}. */
export interface RegexMatchOptions {
  /** Default: `regex_match`. */
  readonly name?: string;
  /** A regular expression of JavaScript, without slashes. */
  readonly pattern: string;
  /** `search` (default): anywhere in the answer. `fullmatch`: the whole answer. */
  readonly matchType?: "search" | "fullmatch";
  /** Default: false. */
  readonly caseInsensitive?: boolean;
}

const KINDS: NamedKinds<RegexMatchOptions> = {
  name: filledText,
  pattern: required(
    kindOf("a regular expression, as a text", (value) => {
      return typeof value === "string" && new RegExp(value) instanceof RegExp;
    }),
  ),
  matchType: kindOf(
    '"search" or "fullmatch"',
    (value) => value === "search" || value === "fullmatch",
  ),
  caseInsensitive: flag,
};

/**
 * Scores `"yes"` if the answer matches a regular expression, else `"no"`. Mirrors `mlflow.genai.scorers.RegexMatch`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.RegexMatch({ pattern: "^Answer:" });
 */
export class RegexMatch extends Scorer {
  readonly #expression: RegExp;

  constructor(options: RegexMatchOptions) {
    const given = readNamed<RegexMatchOptions>("new RegexMatch()", options, KINDS);
    super({ name: given.name ?? "regex_match" });
    const { pattern, matchType, caseInsensitive } = given;
    const source = matchType === "fullmatch" ? `^(?:${pattern})$` : pattern;
    this.#expression = new RegExp(source, caseInsensitive ? "i" : "");
  }

  score({ outputs }: ScoredRow): Feedback {
    const text = answerText(outputs);
    const isMatch = text !== undefined && this.#expression.test(text);
    return new Feedback({
      name: this.name,
      value: isMatch ? "yes" : "no",
      source: { sourceType: "CODE", sourceId: this.name },
      rationale:
        text === undefined
          ? "The row has no outputs."
          : `The answer ${isMatch ? "matches" : "does not match"} ${this.#expression}.`,
    });
  }
}
