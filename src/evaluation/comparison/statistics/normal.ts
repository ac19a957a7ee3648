const SERIES_LIMIT = 2;
/** Above it, the function is smaller than the smallest number. */
const LARGEST_ARGUMENT = 27.3;
const MAX_TERMS = 500;

/** The complementary error function. Its relative error is below 1e-13, also far from zero. */
function erfc(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < 0) return 2 - erfc(-x);
  if (x > LARGEST_ARGUMENT) return 0;
  return x < SERIES_LIMIT ? 1 - erfSeries(x) : erfcFraction(x);
}

/** All terms of this series are positive, so that no digits cancel. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < MAX_TERMS && term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The continued fraction of Laplace, from its innermost term. */
function erfcFraction(x: number): number {
  let fraction = x;
  for (let n = MAX_TERMS; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

/** The probability that a standard normal variable is at most `x`. */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

/** The value that a standard normal variable does not exceed with this probability. */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0) return Number.NEGATIVE_INFINITY;
  // In the upper half, probabilities have fewer digits.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  let [low, high] = [-40, 0];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
}

/** The two-sided p-value of a standard normal statistic. */
export function twoSidedNormal(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2);
}
