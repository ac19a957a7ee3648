import type { AggregationName } from "../scorers/scorer.js";

const FUNCTIONS: Readonly<Record<AggregationName, (values: readonly number[]) => number>> = {
  min: (values) =>
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  max: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  mean,
  median: (values) => quantile(values, 0.5),
  variance,
  p90: (values) => quantile(values, 0.9),
};

/**
 * Computes one figure of the values of a scorer, with the same rounding as MLflow in Python, so that a threshold has
 * the same verdict in both. Mirrors `mlflow.genai.scorers.aggregation`.
 *
 * @returns NaN if there are no values, or if one of them is NaN.
 */
export function aggregate(values: readonly number[], aggregation: AggregationName): number {
  return values.length === 0 ? Number.NaN : FUNCTIONS[aggregation](values);
}

/**
 * Returns the number that MLflow computes with for a value of an assessment: true and "yes" are 1, false and "no" are
 * 0. The words are recognized in any case. Other texts, lists and objects have no number.
 */
export function numericValue(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  const word = typeof value === "string" ? value.toLowerCase() : undefined;
  return word === "yes" ? 1 : word === "no" ? 0 : undefined;
}

export function mean(values: readonly number[]): number {
  return sum(values, 0, values.length) / values.length;
}

/** The variance of the values as the whole population; with `ddof` 1 as a sample of it. */
export function variance(values: readonly number[], ddof = 0): number {
  const center = mean(values);
  const squares = values.map((value) => (value - center) * (value - center));
  return sum(squares, 0, squares.length) / (values.length - ddof);
}

/** Interpolates linearly between the two nearest values, from the nearer end. */
function quantile(values: readonly number[], fraction: number): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * fraction;
  const index = Math.floor(position);
  const below = sorted[index] ?? Number.NaN;
  const above = sorted[index + 1] ?? below;
  if (fraction === 0.5) return index === position ? below : (below + above) / 2;
  const weight = position - index;
  const step = above - below;
  return weight < 0.5 ? below + step * weight : above - step * (1 - weight);
}

/** Rows longer than this are added in halves, which keeps the rounding error small. */
const BLOCK = 128;
const LANES = 8;

/** Adds `count` values in the order in which numpy adds them: the order decides the last digits. */
function sum(values: readonly number[], start: number, count: number): number {
  if (count > BLOCK) {
    const half = Math.floor(count / 2 / LANES) * LANES;
    return sum(values, start, half) + sum(values, start + half, count - half);
  }
  const at = (index: number) => values[start + index] ?? 0;
  const whole = count < LANES ? 0 : count - (count % LANES);
  const lanes = new Float64Array(LANES);
  for (let index = 0; index < whole; index++) {
    const lane = index % LANES;
    lanes[lane] = (lanes[lane] ?? 0) + at(index);
  }
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes;
  let total = whole === 0 ? 0 : a + b + (c + d) + (e + f + (g + h));
  for (let index = whole; index < count; index++) total += at(index);
  return total;
}
