export interface QualityRule {
  readonly metricKey: string;
  readonly comparator: "GTE" | "LTE";
  readonly threshold: number;
}
export function parseQualityCriteria(
  _scorers: readonly { name: string }[],
  _text: string,
): QualityRule[] {
  return [];
}
export function qualityCriteriaTag(_rules: readonly QualityRule[]): string {
  return "";
}
export function judgeCriteria(
  _rules: readonly QualityRule[],
  _metrics: Readonly<Record<string, number>>,
) {
  return { reasons: [] as string[] };
}
export function extraAggregations(_rules: readonly QualityRule[]) {
  return new Map<string, readonly never[]>();
}
