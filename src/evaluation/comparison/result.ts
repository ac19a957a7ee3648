import { AssertionError } from "node:assert";
import { invalidParameter } from "../../base/errors.js";
import type { TableRow } from "../../runs/table.js";
import { type OptionKinds, readOptions } from "../../settings/check-options.js";
import { number, texts } from "../../settings/kinds.js";
import type { PairedStatistics } from "./compare-values.js";
import type { PairedOn } from "./pair-rows.js";

/** The comparison of one scorer between two runs. Mirrors `ScorerComparison` of MLflow. */
export interface ScorerComparison {
  readonly scorer: string;
  /** `"insufficient_pairs"` if fewer than six rows have a value in both runs. All statistics are null then. */
  readonly status: "ok" | "insufficient_pairs";
  /** How many rows have a value in both runs. */
  readonly nPaired: number;
  readonly greaterIsBetter: boolean;
  /** `"binary"` if all feedback is a boolean or yes or no. Says nothing about the test: see `method`. */
  readonly valueType: "binary" | "numeric" | null;
  /** The test of `pValue`: McNemar's if every value is 0 or 1, and Wilcoxon's signed-rank test otherwise. */
  readonly method: PairedStatistics["method"] | null;
  readonly baselineMean: number | null;
  readonly candidateMean: number | null;
  /** The mean of candidate - baseline. */
  readonly diff: number | null;
  /** The lower end of the bootstrap confidence interval of `diff`. */
  readonly ciLow: number | null;
  /** The upper end of the bootstrap confidence interval of `diff`. */
  readonly ciHigh: number | null;
  /** Two-sided. */
  readonly pValue: number | null;
  /** The two-sided p-value of the paired t-test. Null for values of 0 or 1. NaN if all differences are the same, but not zero. */
  readonly tTestPValue: number | null;
  /** Cohen's d: `diff` in standard deviations of the differences. NaN if they are all the same. */
  readonly effectSize: number | null;
  /** How many rows have the same value in both runs. */
  readonly ties: number | null;
  /** How many rows have different values. The tests ignore the others. */
  readonly nNonzero: number | null;
}

/** Two rows with the same inputs, and their values. */
export interface PairedRow {
  readonly baselineTraceId: string;
  readonly candidateTraceId: string;
  readonly pairedOn: PairedOn;
  /** By scorer. */
  readonly scores: Readonly<
    Record<
      string,
      { readonly baseline: number; readonly candidate: number; readonly delta: number }
    >
  >;
}

/** The options of {@link ComparisonResult.assertImproved}. */
export interface AssertImprovedOptions {
  /** The scorers to check. Default: all that were compared. */
  readonly scorers?: readonly string[];
  /** The p-value must be smaller. Default: 0.05. */
  readonly alpha?: number;
}

const OPTIONS: OptionKinds<AssertImprovedOptions> = { scorers: texts, alpha: number };

type ComparisonInit = Pick<
  ComparisonResult,
  | "candidateRunId"
  | "baselineRunId"
  | "scorers"
  | "pairedRows"
  | "unpairedBaselineTraceIds"
  | "unpairedCandidateTraceIds"
>;

/** The result of {@link compareEvaluations}. Mirrors `mlflow.genai.evaluation.comparison.ComparisonResult`. */
export class ComparisonResult {
  readonly candidateRunId: string;
  readonly baselineRunId: string;
  /** By name, for the scorers that both runs have. */
  readonly scorers: Readonly<Record<string, ScorerComparison>>;
  readonly pairedRows: readonly PairedRow[];
  readonly unpairedBaselineTraceIds: readonly string[];
  readonly unpairedCandidateTraceIds: readonly string[];

  constructor(init: ComparisonInit) {
    this.candidateRunId = init.candidateRunId;
    this.baselineRunId = init.baselineRunId;
    this.scorers = init.scorers;
    this.pairedRows = init.pairedRows;
    this.unpairedBaselineTraceIds = init.unpairedBaselineTraceIds;
    this.unpairedCandidateTraceIds = init.unpairedCandidateTraceIds;
  }

  /**
   * Returns one row for each scorer, with the column names of Python, for `logTable()` or `console.table()`. Mirrors
   * `ComparisonResult.summary`.
   */
  toTable(): TableRow[] {
    return Object.values(this.scorers).map((one) => ({
      ...{ scorer: one.scorer, status: one.status, n_paired: one.nPaired },
      ...{ greater_is_better: one.greaterIsBetter, value_type: one.valueType, method: one.method },
      ...{ baseline_mean: one.baselineMean, candidate_mean: one.candidateMean, diff: one.diff },
      ...{ ci_low: one.ciLow, ci_high: one.ciHigh, p_value: one.pValue },
      ...{ t_test_p_value: one.tTestPValue, effect_size: one.effectSize },
      ...{ ties: one.ties, n_nonzero: one.nNonzero },
    }));
  }

  /**
   * Throws unless every scorer has improved significantly: in the direction that is better, with a p-value below `alpha`.
   * Does not correct for the number of scorers. Mirrors `ComparisonResult.assert_improved`.
   *
   * @throws AssertionError of `node:assert` with the scorers that have not improved, or if none was compared.
   * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options, an empty list, and scorers that were not compared.
   * @example
   * result.assertImproved({ scorers: ["correctness"], alpha: 0.01 });
   */
  assertImproved(options: AssertImprovedOptions = {}): void {
    const given = readOptions<AssertImprovedOptions>("assertImproved()", options, OPTIONS);
    const alpha = given.alpha ?? 0.05;
    const failures = this.#namesOf(given.scorers).flatMap((name) => {
      const comparison = this.scorers[name];
      return comparison ? failureOf(comparison, alpha) : [];
    });
    if (failures.length === 0) return;
    this.#fail(
      [
        `The candidate run ${this.candidateRunId} has not improved significantly over the baseline run ${this.baselineRunId} (alpha=${alpha}):`,
        ...failures.map((failure) => `  - ${failure}`),
      ].join("\n"),
    );
  }

  #namesOf(scorers: readonly string[] | undefined): readonly string[] {
    const compared = Object.keys(this.scorers);
    if (scorers === undefined) {
      if (compared.length > 0) return compared;
      return this.#fail(
        `No scorer was compared between the candidate run ${this.candidateRunId} and the baseline run ${this.baselineRunId}.`,
      );
    }
    if (scorers.length === 0) {
      throw invalidParameter(
        "assertImproved() option `scorers` is empty, so that nothing is checked. Omit it to check all scorers.",
      );
    }
    const unknown = scorers.filter((name) => !Object.hasOwn(this.scorers, name));
    if (unknown.length === 0) return scorers;
    const listed = compared.length === 0 ? "none" : compared.join(", ");
    throw invalidParameter(
      `assertImproved() option \`scorers\` names ${unknown.map((name) => `'${name}'`).join(", ")}, not compared by this result. Compared scorers: ${listed}.`,
    );
  }

  #fail(message: string): never {
    throw new AssertionError({
      message,
      operator: "assertImproved",
      stackStartFn: this.assertImproved,
    });
  }
}

function failureOf(comparison: ScorerComparison, alpha: number): string[] {
  const { scorer, status, nPaired, diff, pValue, greaterIsBetter } = comparison;
  if (status !== "ok" || diff === null || pValue === null) {
    return [`${scorer}: ${status} (nPaired=${nPaired})`];
  }
  if ((greaterIsBetter ? diff > 0 : diff < 0) && pValue < alpha) return [];
  const sign = diff > 0 ? "+" : "";
  return [
    `${scorer}: diff=${sign}${figure(diff)} (greaterIsBetter=${greaterIsBetter}), pValue=${figure(pValue)}, nPaired=${nPaired}`,
  ];
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
