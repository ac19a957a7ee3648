import { warnOnce } from "../../base/log.js";
import { READ_AFTER_WRITE_MS } from "../../delivery/hold.js";
import { getPipeline } from "../../recording/pipeline.js";
import { compareScorer, scorerNames, valuesOf } from "./compare-scorer.js";
import { logComparison } from "./log-comparison.js";
import { CALLER, type CompareEvaluationsOptions, readCompareOptions } from "./options.js";
import { type Pairing, pairRows, type RowPair, warnOfUnpairedRows } from "./pair-rows.js";
import { inputsHash, openRun, readStoredRows } from "./read-rows.js";
import { ComparisonResult, type PairedRow } from "./result.js";

export async function compareEvaluations(
  options: CompareEvaluationsOptions,
): Promise<ComparisonResult> {
  const given = readCompareOptions(options);
  const { candidateRunId, baselineRunId } = given;
  await getPipeline().flush(READ_AFTER_WRITE_MS);
  const runs = { baseline: await openRun(baselineRunId), candidate: await openRun(candidateRunId) };
  const pairing = await pairRows(
    await readStoredRows(runs.baseline),
    await readStoredRows(runs.candidate),
    (row, side) => inputsHash(runs[side], row),
  );
  warnOfUnpairedRows(pairing, `${candidateRunId} ${baselineRunId}`);
  const names = commonScorers(pairing, given);
  const scorers = [];
  for (const name of names) {
    scorers.push([name, await compareScorer(name, pairing.pairs, given)] as const);
  }
  const idsOf = (rows: Pairing["unpairedBaseline"]) => rows.map(({ traceId }) => traceId);
  const result = new ComparisonResult({
    ...{ candidateRunId, baselineRunId },
    scorers: Object.fromEntries(scorers),
    pairedRows: pairing.pairs.map((pair) => pairedRow(pair, names)),
    unpairedBaselineTraceIds: idsOf(pairing.unpairedBaseline),
    unpairedCandidateTraceIds: idsOf(pairing.unpairedCandidate),
  });
  if (given.logResults) await logComparison(runs.candidate, result);
  return result;
}

/** The scorers with feedback in both runs, also if it is on other rows. */
function commonScorers(pairing: Pairing, given: CompareEvaluationsOptions): string[] {
  const { pairs, unpairedBaseline, unpairedCandidate } = pairing;
  const baseline = scorerNames([...unpairedBaseline, ...pairs.map((pair) => pair.baseline)]);
  const candidate = scorerNames([...unpairedCandidate, ...pairs.map((pair) => pair.candidate)]);
  const common = baseline.filter((name) => candidate.includes(name));
  const runs = `${given.candidateRunId} ${given.baselineRunId}`;
  if (common.length === 0) {
    const listed = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
    warnOnce(
      `no scorers ${runs}`,
      `${CALLER} compared nothing, because no scorer has valid feedback in both runs. The baseline has: ${listed(baseline)}. The candidate has: ${listed(candidate)}.`,
    );
  }
  for (const name of Object.keys(given.greaterIsBetter ?? {})) {
    if (baseline.includes(name) || candidate.includes(name)) continue;
    warnOnce(
      `direction ${runs} ${name}`,
      `${CALLER} option \`greaterIsBetter\` names '${name}', but no scorer of the two runs has this name.`,
    );
  }
  return common;
}

function pairedRow(
  { baseline, candidate, pairedOn }: RowPair,
  names: readonly string[],
): PairedRow {
  const scores = names.flatMap((name) => {
    const values = valuesOf(name, { baseline, candidate });
    if (!values) return [];
    const delta = values.candidate - values.baseline;
    return [[name, { baseline: values.baseline, candidate: values.candidate, delta }] as const];
  });
  return {
    ...{ baselineTraceId: baseline.traceId, candidateTraceId: candidate.traceId, pairedOn },
    scores: Object.fromEntries(scores),
  };
}
