import { warnOnce } from "../base/log.js";
import type { Scorer } from "../scorers/scorer.js";
import type { EarlierRows } from "./earlier-rows.js";
import type { PredictFn } from "./evaluated-model.js";
import { digestOfFunction } from "./row-record.js";
import { hasOtherDefinition } from "./score.js";

/** Logs a line if other versions of the scorers, or of the function, returned what the run has. */
export function warnOfChanges(
  runId: string,
  earlier: EarlierRows,
  now: { readonly scorers: readonly Scorer[]; readonly predictFn: PredictFn | undefined },
): void {
  const { feedback, functions } = earlier;
  const changed = now.scorers.filter((scorer) =>
    feedback.some((one) => hasOtherDefinition(one, scorer)),
  );
  const names = changed.map(({ name }) => `'${name}'`).join(", ");
  if (names !== "") {
    warnOnce(
      `changed scorers ${runId} ${names}`,
      `evaluate() keeps the values that run ${runId} has of other versions of the scorers ${names}. To score all rows with these versions, start a new run, or give the scorers other names.`,
    );
  }
  const digest = now.predictFn && digestOfFunction(now.predictFn);
  if (digest === undefined || [...functions].every((one) => one === digest)) return;
  warnOnce(
    `changed function ${runId} ${digest}`,
    `evaluate() keeps the outputs that run ${runId} has of another version of \`predictFn\`. To call this version for all rows, start a new run.`,
  );
}
