import { AssertionError } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  downloadArtifacts,
  genai,
  getRun,
  logFeedback,
  MlflowException,
  setExperiment,
  setTrackingUri,
} from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "compare-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("sums");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const ROWS = Array.from({ length: 12 }, (_, number) => ({
  inputs: { number },
  expectations: { sum: number + 1 },
}));

function exact({ outputs, expectations }: genai.ScoredRow) {
  return outputs === expectations?.sum;
}

function error({ outputs, expectations }: genai.ScoredRow) {
  return Math.abs(Number(outputs) - Number(expectations?.sum));
}

type Add = (number: number) => number;

/** Evaluates a program that adds 1. Returns the run. */
async function evaluated(add: Add, options: Partial<genai.EvaluateOptions> = {}): Promise<string> {
  const { runId = "" } = await genai.evaluate({
    data: ROWS,
    predictFn: ({ number }) => add(Number(number)),
    scorers: [exact, error],
    ...options,
  });
  return runId;
}

/** What the action writes to stderr. */
async function stderrOf(action: () => Promise<unknown>): Promise<string> {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await action();
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join("");
  write.mockRestore();
  return text;
}

/** Wrong for all numbers but 0, and each time in another way. */
const wrong: Add = (number) => number + 1 + number / 4;
const right: Add = (number) => number + 1;

test("compareEvaluations() compares each scorer of two runs, and asserts that they improved", async () => {
  const [baselineRunId, candidateRunId] = [await evaluated(wrong), await evaluated(right)];
  const result = await genai.compareEvaluations({
    ...{ candidateRunId, baselineRunId },
    greaterIsBetter: { error: false },
  });

  expect(result).toMatchObject({ candidateRunId, baselineRunId });
  expect(result.unpairedBaselineTraceIds).toEqual([]);
  expect(result.unpairedCandidateTraceIds).toEqual([]);
  expect(Object.keys(result.scorers)).toEqual(["error", "exact"]);
  expect(result.scorers.exact).toMatchObject({
    ...{ scorer: "exact", status: "ok", nPaired: 12, ties: 1, nNonzero: 11 },
    ...{ greaterIsBetter: true, valueType: "binary", method: "mcnemar_exact" },
    ...{ baselineMean: 1 / 12, candidateMean: 1, pValue: 2 / 2 ** 11, tTestPValue: null },
  });
  expect(result.scorers.exact?.diff).toBeCloseTo(11 / 12, 12);
  expect(result.scorers.error).toMatchObject({
    ...{ greaterIsBetter: false, valueType: "numeric", method: "wilcoxon_exact" },
    ...{ baselineMean: 1.375, candidateMean: 0, diff: -1.375, pValue: 2 / 2 ** 11 },
  });
  const { ciLow, ciHigh } = result.scorers.error ?? {};
  expect(ciLow).toBeLessThan(-1.375);
  expect(ciHigh).toBeGreaterThan(-1.375);
  result.assertImproved();
  expect(result.toTable()[1]).toMatchObject({
    scorer: "exact",
    n_paired: 12,
    p_value: 2 / 2 ** 11,
  });

  const [row] = result.pairedRows;
  expect(result.pairedRows).toHaveLength(12);
  expect(row).toMatchObject({ pairedOn: "eval_request_id" });
  expect(row?.scores.exact).toMatchObject({ candidate: 1 });
});

test("assertImproved() throws an AssertionError that names the scorers that have not improved", async () => {
  const [baselineRunId, candidateRunId] = [await evaluated(right), await evaluated(wrong)];
  const result = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  // Without `greaterIsBetter`, a larger error is an improvement.
  expect(() => result.assertImproved({ scorers: ["error"] })).not.toThrow();
  expect(() => result.assertImproved()).toThrow(AssertionError);
  expect(() => result.assertImproved()).toThrow(/ {2}- exact: diff=-0\.9167 .*pValue=0\.0009766/);
  expect(() => result.assertImproved({ scorers: ["error"], alpha: 1e-4 })).toThrow(AssertionError);
  for (const scorers of [[], ["exactly"]]) {
    expect(() => result.assertImproved({ scorers })).toThrow(MlflowException);
  }
});

test("with too few rows, a scorer has no statistics and has not improved", async () => {
  const data = ROWS.slice(0, 5);
  const baselineRunId = await evaluated(wrong, { data });
  const candidateRunId = await evaluated(right, { data });
  const result = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  expect(result.scorers.exact).toMatchObject({
    ...{ status: "insufficient_pairs", nPaired: 5, diff: null, pValue: null, method: null },
  });
  expect(() => result.assertImproved()).toThrow(/exact: insufficient_pairs \(nPaired=5\)/);
});

test("rows without a match are ignored and reported, and few rows are warned about", async () => {
  const baselineRunId = await evaluated(wrong, { data: ROWS.slice(0, 10) });
  const candidateRunId = await evaluated(right, { data: ROWS.slice(3) });
  let result: genai.ComparisonResult | undefined;
  const compare = async () => {
    result = await genai.compareEvaluations({
      ...{ candidateRunId, baselineRunId },
      greaterIsBetter: { exat: true },
    });
  };
  const text = await stderrOf(compare);
  expect(text).toContain("3 rows of the baseline and 2 of the candidate");
  expect(text).toContain("5 rows have no match");
  expect(text).toContain("'exact' on only 7 rows");
  expect(text).toContain("names 'exat'");
  expect(result?.pairedRows).toHaveLength(7);
  expect(result?.unpairedBaselineTraceIds).toHaveLength(3);
  expect(result?.unpairedCandidateTraceIds).toHaveLength(2);
});

test("without a scorer in both runs, nothing is compared", async () => {
  const baselineRunId = await evaluated(wrong, { scorers: [exact] });
  const candidateRunId = await evaluated(right, { scorers: [error] });
  let result: genai.ComparisonResult | undefined;
  const text = await stderrOf(async () => {
    result = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  });
  expect(text).toContain("The baseline has: exact. The candidate has: error.");
  expect(result?.toTable()).toEqual([]);
  expect(() => result?.assertImproved()).toThrow(AssertionError);
});

test("feedback that is invalid, failed, or of another run does not count", async () => {
  const [baselineRunId, candidateRunId] = [await evaluated(wrong), await evaluated(right)];
  const before = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  const traceId = before.pairedRows[0]?.candidateTraceId ?? "";
  const other = { "mlflow.assessment.sourceRunId": baselineRunId };
  await logFeedback({ traceId, name: "error", value: 1000, metadata: other });
  await logFeedback({ traceId, name: "error", error: new Error("failed") });
  const same = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  expect(same.scorers).toEqual(before.scorers);
  // Feedback without a run counts. It is averaged with that of the scorer.
  await logFeedback({ traceId, name: "error", value: 4 });
  const more = await genai.compareEvaluations({ candidateRunId, baselineRunId });
  expect(more.pairedRows[0]?.scores.error?.candidate).toBe(2);
});

test("logResults logs the figures to the candidate run, and the id of the baseline", async () => {
  const [baselineRunId, candidateRunId] = [await evaluated(right), await evaluated(right)];
  const options = { candidateRunId, baselineRunId, logResults: true };
  const { scorers } = await genai.compareEvaluations(options);
  expect(scorers.exact?.effectSize).toBeNaN();
  const short = baselineRunId.slice(0, 8);
  const { data } = await getRun(candidateRunId);
  const logged = Object.entries(data.metrics).filter(([key]) => key.startsWith("compare/"));
  // The effect size is not a number, because all differences are zero.
  const figures = { diff: 0, ci_low: 0, ci_high: 0, p_value: 1, n_paired: 12 };
  const expected = ["exact", "error"].flatMap((name) =>
    Object.entries(figures).map(([key, value]) => [`compare/${short}/${name}/${key}`, value]),
  );
  expect(Object.fromEntries(logged)).toEqual(Object.fromEntries(expected));
  const { default: artifact } = await import(
    await downloadArtifacts({ runId: candidateRunId, artifactPath: `compare/${short}.json` }),
    { with: { type: "json" } }
  );
  expect(artifact).toEqual({ baseline_run_id: baselineRunId });
});

test("compareEvaluations() rejects wrong options and missing runs", async () => {
  const run = "a".repeat(32);
  const compare = (options: object) =>
    genai.compareEvaluations(options as genai.CompareEvaluationsOptions);
  await expect(compare({})).rejects.toThrow(/requires the option `candidateRunId`/);
  const both = { candidateRunId: run, baselineRunId: "b".repeat(32) };
  for (const wrongly of [{ confidenceLevel: 95 }, { greaterIsBetter: { a: 1 } }, { alpha: 1 }]) {
    await expect(compare({ ...both, ...wrongly })).rejects.toMatchObject({
      errorCode: "INVALID_PARAMETER_VALUE",
    });
  }
  await expect(compare({ ...both, baselineRunId: run })).rejects.toThrow(/Pass two runs/);
  await expect(compare(both)).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST" });
});
