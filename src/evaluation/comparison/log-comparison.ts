import type { RunTarget } from "../../delivery/destination.js";
import { putBytes, toArtifactJson } from "../../runs/log-artifacts.js";
import { logMetricsTo } from "../evaluation-run.js";
import type { ComparisonResult, ScorerComparison } from "./result.js";

const SHORT_ID_LENGTH = 8;

/** Logs the figures of a comparison to the candidate run, with the keys of Python. */
export async function logComparison(run: RunTarget, result: ComparisonResult): Promise<void> {
  const { baselineRunId, scorers } = result;
  const key = `compare/${baselineRunId.slice(0, SHORT_ID_LENGTH)}`;
  const metrics = Object.entries(scorers).flatMap(([name, comparison]) =>
    figuresOf(comparison).map(([figure, value]) => [`${key}/${name}/${figure}`, value] as const),
  );
  await logMetricsTo(run, Object.fromEntries(metrics));
  // The metrics have only the start of the id.
  const json = toArtifactJson({ baseline_run_id: baselineRunId });
  await putBytes(run, { path: `${key}.json`, bytes: Buffer.from(json) });
}

function figuresOf(comparison: ScorerComparison): (readonly [string, number])[] {
  const { diff, ciLow, ciHigh, pValue, effectSize, nPaired } = comparison;
  const figures = {
    ...{ diff, ci_low: ciLow, ci_high: ciHigh, p_value: pValue, effect_size: effectSize },
    n_paired: nPaired,
  };
  return Object.entries(figures).flatMap(([name, value]) =>
    value !== null && Number.isFinite(value) ? [[name, value] as const] : [],
  );
}
