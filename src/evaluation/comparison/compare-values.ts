import { mean, variance } from "../aggregate.js";
import { bootstrapInterval } from "./statistics/bootstrap.js";
import { mcnemarTest } from "./statistics/mcnemar.js";
import { pairedTTest } from "./statistics/paired-t-test.js";
import { wilcoxonTest } from "./statistics/wilcoxon.js";

/** The statistics of the values of one scorer for the same rows in two runs. */
export interface PairedStatistics {
  readonly method: "mcnemar_exact" | "mcnemar_chi2" | "wilcoxon_exact" | "wilcoxon_asymptotic";
  readonly baselineMean: number;
  readonly candidateMean: number;
  readonly diff: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly pValue: number;
  readonly tTestPValue: number | null;
  readonly effectSize: number;
  readonly ties: number;
  readonly nNonzero: number;
  /** Whether the interval has no BCa corrections, because they are undefined for these values. */
  readonly isUncorrected: boolean;
}

/** Compares the values of the same rows. Mirrors `_compare_paired_values` of MLflow. */
export async function compareValues(
  baseline: readonly number[],
  candidate: readonly number[],
  confidenceLevel: number,
): Promise<PairedStatistics> {
  const differences = candidate.map((value, row) => value - (baseline[row] ?? Number.NaN));
  const diff = mean(differences);
  const isConstant = areClose(differences);
  const deviation = isConstant ? 0 : Math.sqrt(variance(differences, 1));
  // Resamples of a constant have no spread, so that the interval is a point.
  const { low, high, isUncorrected } = isConstant
    ? { low: diff, high: diff, isUncorrected: false }
    : await bootstrapInterval(differences, confidenceLevel);
  const nNonzero = differences.filter((difference) => difference !== 0).length;
  const isBinary = [...baseline, ...candidate].every((value) => value === 0 || value === 1);
  const { method, pValue } = isBinary ? mcnemarTest(differences) : wilcoxonTest(differences);
  return {
    ...{ method, pValue, diff, nNonzero, isUncorrected },
    baselineMean: mean(baseline),
    candidateMean: mean(candidate),
    ...{ ciLow: low, ciHigh: high },
    tTestPValue: isBinary ? null : tTest(differences, isConstant, nNonzero),
    effectSize: deviation > 0 ? diff / deviation : Number.NaN,
    ties: differences.length - nNonzero,
  };
}

/** Without any spread, the statistic is undefined. Differences that are all zero are no evidence of a change. */
function tTest(differences: readonly number[], isConstant: boolean, nNonzero: number): number {
  if (!isConstant) return pairedTTest(differences);
  return nNonzero > 0 ? Number.NaN : 1;
}

/** Whether the differences are equal, except for rounding errors. */
function areClose(differences: readonly number[]): boolean {
  const first = differences[0] ?? 0;
  const tolerance = 1e-12 + 1e-9 * Math.abs(first);
  return differences.every((one) => one === first || Math.abs(one - first) <= tolerance);
}
