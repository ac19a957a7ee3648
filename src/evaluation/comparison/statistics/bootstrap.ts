import { setImmediate } from "node:timers/promises";
import { mean } from "../../aggregate.js";
import { normalCdf, normalQuantile } from "./normal.js";
import { RandomIndexes } from "./random-indexes.js";

const RESAMPLES = 10_000;
/** After this many draws, other work of the process has its turn. */
const DRAWS_AT_ONCE = 500_000;

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Whether the corrections were undefined, so that the interval is the one without them. */
  readonly isUncorrected: boolean;
}

/**
 * The bias-corrected and accelerated (BCa) bootstrap confidence interval of the mean of values, which must not be constant.
 * The same values in the same order have the same interval as in Python.
 */
export async function bootstrapInterval(
  values: readonly number[],
  confidenceLevel: number,
): Promise<Interval> {
  const means = await resampledMeans(values);
  const tail = (1 - confidenceLevel) / 2;
  const [low, high] = correctedTails(values, means, tail).map((at) => quantile(means, at));
  if (low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high)) {
    return { low, high, isUncorrected: false };
  }
  return { low: quantile(means, tail), high: quantile(means, 1 - tail), isUncorrected: true };
}

/** The means of random samples of the values, sorted. */
async function resampledMeans(values: readonly number[]): Promise<Float64Array> {
  const random = new RandomIndexes();
  const means = new Float64Array(RESAMPLES);
  const sample = [...values];
  let draws = 0;
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let at = 0; at < sample.length; at++) sample[at] = values[random.draw(values.length)] ?? 0;
    means[resample] = mean(sample);
    draws += sample.length;
    if (draws < DRAWS_AT_ONCE) continue;
    draws = 0;
    await setImmediate();
  }
  return means.sort();
}

/** The places of the ends of the interval among the means, from 0 to 1. */
function correctedTails(
  values: readonly number[],
  means: Float64Array,
  tail: number,
): readonly [number, number] {
  const center = mean(values);
  const below = means.filter((one) => one < center).length;
  const atMost = means.filter((one) => one <= center).length;
  const bias = normalQuantile((below + atMost) / (2 * means.length));
  // The mean without one value differs from the mean by that value's distance from it.
  const distances = values.map((value) => value - center);
  const count = values.length;
  const cubes = distances.reduce((sum, one) => sum + one ** 3, 0) / count ** 3;
  const squares = distances.reduce((sum, one) => sum + one ** 2, 0) / count ** 2;
  const acceleration = cubes / squares ** 1.5 / 6;
  const correct = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  const z = normalQuantile(tail);
  return [correct(z), correct(-z)];
}

/** Interpolates linearly between the two nearest of sorted values. NaN, which is sorted last, makes it NaN. */
function quantile(sorted: Float64Array, fraction: number): number {
  if (Number.isNaN(sorted.at(-1))) return Number.NaN;
  const position = (sorted.length - 1) * fraction;
  const index = Math.floor(position);
  const below = sorted[index] ?? Number.NaN;
  const above = sorted[index + 1] ?? below;
  const weight = position - index;
  return below * (1 - weight) + above * weight;
}
