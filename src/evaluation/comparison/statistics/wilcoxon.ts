import { twoSidedNormal } from "./normal.js";

/** Up to this many differences, all their signs are counted. The counts are exact below 2 to the power of 53. */
const MAX_EXACT = 50;

/** The two-sided p-value of Wilcoxon's signed-rank test. Differences of zero are ignored. */
export function wilcoxonTest(differences: readonly number[]): {
  readonly method: "wilcoxon_exact" | "wilcoxon_asymptotic";
  readonly pValue: number;
} {
  const nonZero = differences.filter((difference) => difference !== 0);
  const { length } = nonZero;
  const isExact = length <= MAX_EXACT;
  const method = isExact ? "wilcoxon_exact" : "wilcoxon_asymptotic";
  if (nonZero.some(Number.isNaN)) return { method, pValue: Number.NaN };
  const { rankSum, ties } = positiveRanks(nonZero);
  if (isExact) return { method, pValue: exactPValue(rankSum, length) };
  const mean = (length * (length + 1)) / 4;
  const spread = (length * (length + 1) * (2 * length + 1) - ties / 2) / 24;
  return { method, pValue: twoSidedNormal((rankSum - mean) / Math.sqrt(spread)) };
}

/** The sum of the ranks of positive differences, and the sum of t³ − t over the groups of t equal sizes. */
function positiveRanks(differences: readonly number[]): {
  readonly rankSum: number;
  readonly ties: number;
} {
  const sorted = differences.toSorted((a, b) => Math.abs(a) - Math.abs(b));
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < sorted.length; ) {
    const size = Math.abs(sorted[from] ?? 0);
    let to = from;
    let positive = 0;
    for (; to < sorted.length && Math.abs(sorted[to] ?? 0) === size; to++) {
      if ((sorted[to] ?? 0) > 0) positive += 1;
    }
    // Equal sizes share the mean of their ranks.
    rankSum += (positive * (from + 1 + to)) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { rankSum, ties };
}

/** A sum between two integers, which ties cause, is rounded to the side with the larger p-value. */
function exactPValue(rankSum: number, count: number): number {
  const ways = waysBySum(count);
  const total = 2 ** count;
  const add = (sum: number, one: number) => sum + one;
  const atMost = ways.slice(0, Math.ceil(rankSum) + 1).reduce(add, 0) / total;
  const atLeast = ways.slice(Math.floor(rankSum)).reduce(add, 0) / total;
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}

/** In how many ways some of the ranks from 1 to `count` add up to each sum. */
function waysBySum(count: number): number[] {
  const ways = new Array<number>((count * (count + 1)) / 2 + 1).fill(0);
  ways[0] = 1;
  for (let rank = 1; rank <= count; rank++) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= rank; sum--) {
      ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
    }
  }
  return ways;
}
