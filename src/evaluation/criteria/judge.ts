import { ownField } from "../../data/plain.js";
import type { QualityCriteriaRule } from "./rule.js";

/** Whether a run meets one rule of its quality criteria. */
export interface CriterionVerdict extends QualityCriteriaRule {
  /** `unmeasured`: the run does not have the metric, for example because the scorer failed for every row. */
  readonly verdict: "met" | "missed" | "unmeasured";
  /** The value of the metric. Undefined if it is unmeasured. */
  readonly value: number | undefined;
}

/** Compares the metrics of a run with its quality criteria. Returns one verdict for each rule, in order. */
export function judgeCriteria(
  rules: readonly QualityCriteriaRule[],
  metrics: Readonly<Record<string, number>>,
): readonly CriterionVerdict[] {
  return rules.map((rule) => {
    const value = ownField(metrics, rule.metricKey);
    return { ...rule, value, verdict: verdictOf(rule, value) };
  });
}

/** A rule with the value of the run, such as `correctness/mean >= 0.9: 0.8`. */
export function textOfCriterion({
  metricKey,
  comparator,
  threshold,
  value,
}: CriterionVerdict): string {
  return `${metricKey} ${comparator} ${threshold}: ${value ?? "not measured"}`;
}

/** A value that is NaN is not on the right side of any threshold. */
function verdictOf(
  { comparator, threshold }: QualityCriteriaRule,
  value: number | undefined,
): CriterionVerdict["verdict"] {
  if (value === undefined) return "unmeasured";
  const isMet = comparator === ">=" ? value >= threshold : value <= threshold;
  return isMet ? "met" : "missed";
}
