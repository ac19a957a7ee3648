import type { NamedKinds } from "../settings/check-options.js";
import { flag, kindOf, oneOf, required } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";

interface Own {
  /** A text, or several. */
  readonly text: string | readonly string[];
  /** Whether the answer must contain `all` of several texts (default) or `any` of them. */
  readonly mode?: "all" | "any";
  /** Default: false. */
  readonly caseInsensitive?: boolean;
}

/** The options of {@link Contains}. */
export interface ContainsOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = {
  text: required(
    kindOf("a text, or an array of texts", (value) => {
      const texts = [value].flat();
      return texts.length > 0 && texts.every((one) => typeof one === "string" && one !== "");
    }),
  ),
  mode: oneOf(["all", "any"]),
  caseInsensitive: flag,
};

/**
 * Scores `"yes"` if the answer contains a text, else `"no"`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.Contains({ text: ["Terms apply", "14 days"] });
 */
export class Contains extends CodeScorer<Own> {
  constructor(options: ContainsOptions) {
    super(options, { caller: "new Contains()", defaultName: "contains", kinds: KINDS });
  }

  override score(row: ScoredRow): Feedback {
    const { text, mode = "all", caseInsensitive = false } = this.options;
    const answer = this.textOf(row);
    if (answer === undefined) return this.rated(false, "The row has no outputs.");
    const fold = (one: string) => (caseInsensitive ? one.toLowerCase() : one);
    const texts: readonly string[] = typeof text === "string" ? [text] : text;
    const missing = texts.filter((one) => !fold(answer).includes(fold(one)));
    const isGood = mode === "all" ? missing.length === 0 : missing.length < texts.length;
    const listed = missing.map((one) => JSON.stringify(one)).join(", ");
    return this.rated(isGood, listed ? `The answer does not contain ${listed}.` : "Found.");
  }
}
