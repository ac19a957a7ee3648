import { randomUUID } from "node:crypto";
import { invalidParameter } from "../../base/errors.js";
import type { QualityCriteriaRule } from "./rule.js";

/** The tag of an evaluation run that MLflow's UI reads its quality criteria from. */
export const QUALITY_CRITERIA_TAG = "mlflow.genaiEvaluate.qualityCriteria";

const SCHEMA_VERSION = 1;
/** MLflow's limit for a tag of a run. */
const MAX_TAG_CHARACTERS = 8000;

/**
 * Returns the value of the tag {@link QUALITY_CRITERIA_TAG}. Undefined without rules: then the run has no such tag.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the value is too long for a tag.
 */
export function qualityCriteriaTag(rules: readonly QualityCriteriaRule[]): string | undefined {
  if (rules.length === 0) return undefined;
  const value = JSON.stringify({
    schemaVersion: SCHEMA_VERSION,
    revision: randomUUID(),
    rules: rules.map(({ metricKey, comparator, threshold }) => ({
      metricKey,
      comparator: comparator === ">=" ? "GTE" : "LTE",
      threshold,
    })),
  });
  if (value.length <= MAX_TAG_CHARACTERS) return value;
  throw invalidParameter(
    `The option \`qualityCriteria\` becomes a tag of ${value.length} characters, but a tag takes at most ${MAX_TAG_CHARACTERS}. Write fewer conditions.`,
  );
}
