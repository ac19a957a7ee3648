import type { NamedKinds } from "../settings/check-options.js";
import { flag, kindOf, oneOf, required } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";

interface Own {
  /** A regular expression of JavaScript, without slashes. */
  readonly pattern: string;
  /** `search` (default): anywhere in the answer. `fullmatch`: the whole answer. */
  readonly matchType?: "search" | "fullmatch";
  /** Default: false. */
  readonly caseInsensitive?: boolean;
}

/** The options of {@link RegexMatch}. */
export interface RegexMatchOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = {
  pattern: required(
    kindOf("a regular expression, as a text", (value) => {
      return typeof value === "string" && new RegExp(value) instanceof RegExp;
    }),
  ),
  matchType: oneOf(["search", "fullmatch"]),
  caseInsensitive: flag,
};

/**
 * Scores `"yes"` if the answer matches a regular expression, else `"no"`. Mirrors `mlflow.genai.scorers.RegexMatch`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.RegexMatch({ pattern: "^Answer:" });
 */
export class RegexMatch extends CodeScorer<Own> {
  constructor(options: RegexMatchOptions) {
    const caller = "new RegexMatch()";
    super(options, { caller, defaultName: "regex_match", kinds: KINDS });
  }

  override score(row: ScoredRow): Feedback {
    const { pattern, matchType, caseInsensitive } = this.options;
    const source = matchType === "fullmatch" ? `^(?:${pattern})$` : pattern;
    const expression = new RegExp(source, caseInsensitive ? "i" : "");
    const text = this.textOf(row);
    if (text === undefined) return this.rated(false, "The row has no outputs.");
    const isMatch = expression.test(text);
    return this.rated(
      isMatch,
      `The answer ${isMatch ? "matches" : "does not match"} ${expression}.`,
    );
  }
}
