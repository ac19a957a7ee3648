import type { AggregationName } from "../scorers/scorer.js";
export function aggregate(
  values: readonly number[],
  aggregation: AggregationName,
): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? 0;
    return low + (high - low) * (place - Math.floor(place));
  };
  switch (aggregation) {
    case "min":
      return sorted[0];
    case "max":
      return sorted.at(-1);
    case "mean":
      return mean;
    case "median":
      return at(0.5);
    case "p90":
      return at(0.9);
    case "variance":
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  }
}
export function numericValue(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && /^(yes|no)$/i.test(value)) return Number(/^yes$/i.test(value));
  return undefined;
}
