import type { AggregationName } from "../../scorers/scorer.js";

/** One condition of quality criteria: a metric of the run must be at least, or at most, a number. */
export interface QualityCriteriaRule {
  readonly scorerName: string;
  readonly aggregation: AggregationName;
  /** The metric of the run: `<scorerName>/<aggregation>`. */
  readonly metricKey: string;
  readonly comparator: ">=" | "<=";
  /** Always finite. */
  readonly threshold: number;
}

/** Returns, by the name of the scorer, the aggregations that the rules need. */
export function extraAggregations(
  rules: readonly QualityCriteriaRule[],
): Readonly<Record<string, readonly AggregationName[]>> {
  return Object.fromEntries(
    rules.map(({ scorerName }) => [
      scorerName,
      rules.filter((rule) => rule.scorerName === scorerName).map(({ aggregation }) => aggregation),
    ]),
  );
}
