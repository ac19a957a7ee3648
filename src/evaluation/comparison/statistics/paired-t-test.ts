import { mean, variance } from "../../aggregate.js";

/** The two-sided p-value of the paired t-test of these differences, which must not be constant. */
export function pairedTTest(differences: readonly number[]): number {
  const { length } = differences;
  const standardError = Math.sqrt(variance(differences, 1) / length);
  return twoSidedStudentT(mean(differences) / standardError, length - 1);
}

/** The probability that Student's t with an integer of degrees of freedom is at least as far from zero as `t`. */
function twoSidedStudentT(t: number, degrees: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  const x = degrees / (degrees + square);
  const rest = square / (degrees + square);
  const half = degrees / 2;
  const front = (x ** half * Math.sqrt(rest) * gammaRatio(degrees)) / Math.sqrt(Math.PI);
  // The fraction converges fast only on its side of the mean of the beta distribution.
  return x < (half + 1) / (half + 2.5)
    ? (front * betaFraction(half, 0.5, x)) / half
    : 1 - (front * betaFraction(0.5, half, rest)) / 0.5;
}

/** Γ((degrees + 1) / 2) / Γ(degrees / 2). */
function gammaRatio(degrees: number): number {
  const isOdd = degrees % 2 === 1;
  let ratio = isOdd ? 1 / Math.sqrt(Math.PI) : Math.sqrt(Math.PI) / 2;
  for (let a = isOdd ? 0.5 : 1; a < degrees / 2; a++) ratio *= (a + 0.5) / a;
  return ratio;
}

const MAX_STEPS = 10_000;
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function, by the method of Lentz. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / nonZero(1 + term * d);
      c = nonZero(1 + term / c);
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) <= Number.EPSILON) break;
  }
  return fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
