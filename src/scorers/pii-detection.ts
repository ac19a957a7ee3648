import type { NamedKinds } from "../settings/check-options.js";
import { kindOf } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import { PII_TYPES, type PIIType } from "./pii-types.js";
import type { ScoredRow } from "./scorer.js";

interface Own {
  /** What is looked for. Default: everything. */
  readonly piiTypes?: readonly PIIType[];
}

/** The options of {@link PIIDetection}. */
export interface PIIDetectionOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = {
  piiTypes: kindOf(`an array of ${PII_TYPES.join(", ")}`, (value) => {
    return Array.isArray(value) && value.every((one) => PII_TYPES.includes(one));
  }),
};

/**
 * Scores `"no"` if the answer contains what looks like personal data, else `"yes"`. Finds patterns, not meaning: it may
 * report numbers that only look like data of a person. Mirrors `mlflow.genai.scorers.PIIDetection`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.PIIDetection({ piiTypes: ["email", "phone"] });
 */
export class PIIDetection extends CodeScorer<Own> {
  constructor(options?: PIIDetectionOptions) {
    super(options, { caller: "new PIIDetection()", defaultName: "pii_detection", kinds: KINDS });
  }

  override async score(row: ScoredRow): Promise<Feedback> {
    const text = this.textOf(row);
    if (text === undefined) return this.rated(false, "The row has no outputs.");
    const { PII_PATTERNS } = await import("./pii-patterns.js");
    const { piiTypes = PII_TYPES } = this.options;
    const found = piiTypes.filter((type) => PII_PATTERNS.get(type)?.test(text));
    const isClean = found.length === 0;
    return this.rated(
      isClean,
      isClean ? "No personal data was found." : `Found: ${found.join(", ")}.`,
    );
  }
}
