import { countOf } from "../../base/count-of.js";
import { warnOnce } from "../../base/log.js";
import { numericValue } from "../aggregate.js";
import { compareValues, type PairedStatistics } from "./compare-values.js";
import { CALLER, type CompareEvaluationsOptions } from "./options.js";
import type { RowPair } from "./pair-rows.js";
import type { StoredRow } from "./read-rows.js";
import type { ScorerComparison } from "./result.js";

/** With fewer rows, no p-value can be below 0.05. */
const MIN_PAIRS = 6;
/** With fewer rows, the tests find only large differences. */
const MIN_RELIABLE_PAIRS = 10;

const DEFAULT_CONFIDENCE_LEVEL = 0.95;

/** The names of the feedback of rows, sorted by their code points as in Python. */
export function scorerNames(rows: readonly StoredRow[]): string[] {
  const names = new Set(rows.flatMap(({ feedback }) => [...feedback.keys()]));
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Compares the values of a scorer for the rows that have one in both runs. */
export async function compareScorer(
  scorer: string,
  pairs: readonly RowPair[],
  given: CompareEvaluationsOptions,
): Promise<ScorerComparison> {
  const { candidateRunId, baselineRunId, confidenceLevel = DEFAULT_CONFIDENCE_LEVEL } = given;
  const directions = given.greaterIsBetter ?? {};
  const greaterIsBetter = Object.hasOwn(directions, scorer) ? directions[scorer] !== false : true;
  const values = pairs.flatMap((pair) => valuesOf(scorer, pair) ?? []);
  const nPaired = values.length;
  const named = { scorer, nPaired, greaterIsBetter };
  if (nPaired < MIN_PAIRS) {
    return { ...named, status: "insufficient_pairs", valueType: null, ...UNKNOWN };
  }
  const warn = (what: string, message: string) =>
    warnOnce(`${what} ${candidateRunId} ${baselineRunId} ${scorer}`, `${CALLER} ${message}`);
  if (nPaired < MIN_RELIABLE_PAIRS) {
    warn(
      "few pairs",
      `compared '${scorer}' on only ${countOf(nPaired, "row")}. With fewer than ${MIN_RELIABLE_PAIRS}, it finds only large differences, and the interval is unreliable. Evaluate more rows.`,
    );
  }
  const { isUncorrected, ...statistics } = await compareValues(
    values.map(({ baseline }) => baseline),
    values.map(({ candidate }) => candidate),
    confidenceLevel,
  );
  if (isUncorrected) {
    warn(
      "uncorrected",
      `returned the percentile interval for '${scorer}', because the BCa interval is undefined for its values.`,
    );
  }
  const valueType = values.every(({ isPassFail }) => isPassFail) ? "binary" : "numeric";
  return { ...named, status: "ok", valueType, ...statistics };
}

const UNKNOWN: Readonly<Record<keyof Omit<PairedStatistics, "isUncorrected">, null>> = {
  ...{ method: null, baselineMean: null, candidateMean: null, diff: null },
  ...{ ciLow: null, ciHigh: null, pValue: null, tTestPValue: null, effectSize: null },
  ...{ ties: null, nNonzero: null },
};

/** The values of a scorer for two rows. Undefined if one of them has none. */
export function valuesOf(
  scorer: string,
  pair: Pick<RowPair, "baseline" | "candidate">,
): { baseline: number; candidate: number; isPassFail: boolean } | undefined {
  const [own, others] = [pair.baseline.feedback.get(scorer), pair.candidate.feedback.get(scorer)];
  const [baseline, candidate] = [meanValue(own), meanValue(others)];
  if (baseline === undefined || candidate === undefined) return undefined;
  const isPassFail = [...(own ?? []), ...(others ?? [])].every(
    ({ value }) => typeof value === "boolean" || typeof value === "string",
  );
  return { baseline, candidate, isPassFail };
}

/** The metrics of an evaluation are made of these means. */
function meanValue(feedback: readonly { readonly value?: unknown }[] = []): number | undefined {
  const values = feedback.flatMap(({ value }) => numericValue(value) ?? []);
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
