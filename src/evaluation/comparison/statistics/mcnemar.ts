import { twoSidedNormal } from "./normal.js";

/** From here on, the chi-square approximation is good. */
const MIN_APPROXIMATED = 25;

/** The two-sided p-value of McNemar's test, which compares how many values of 0 or 1 improved and how many got worse. */
export function mcnemarTest(differences: readonly number[]): {
  readonly method: "mcnemar_exact" | "mcnemar_chi2";
  readonly pValue: number;
} {
  const improved = differences.filter((difference) => difference > 0).length;
  const regressed = differences.filter((difference) => difference < 0).length;
  const changed = improved + regressed;
  if (changed < MIN_APPROXIMATED) {
    return { method: "mcnemar_exact", pValue: exactPValue(Math.min(improved, regressed), changed) };
  }
  // With the correction for continuity. The square root of the statistic is normal.
  const root = Math.max(0, Math.abs(improved - regressed) - 1) / Math.sqrt(changed);
  return { method: "mcnemar_chi2", pValue: twoSidedNormal(root) };
}

/** How probable it is that a fair coin, thrown `count` times, shows one side at most `fewer` times. */
function exactPValue(fewer: number, count: number): number {
  let choices = 1;
  let tail = 1;
  for (let k = 1; k <= fewer; k++) {
    choices = (choices * (count - k + 1)) / k;
    tail += choices;
  }
  return Math.min(1, (2 * tail) / 2 ** count);
}
