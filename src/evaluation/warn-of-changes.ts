import { warnOnce } from "../base/log.js";
import type { Scorer } from "../scorers/scorer.js";
import type { Feedback } from "../store/assessments.js";
import { hasOtherDefinition } from "./score.js";

/** Logs one line if the values that a run has were returned by other versions of the scorers. */
export function warnOfChangedScorers(
  runId: string,
  feedback: readonly Feedback[],
  scorers: readonly Scorer[],
): void {
  const changed = scorers.filter((scorer) =>
    feedback.some((one) => hasOtherDefinition(one, scorer)),
  );
  if (changed.length === 0) return;
  const names = changed.map(({ name }) => `'${name}'`).join(", ");
  warnOnce(
    `changed scorers ${runId} ${names}`,
    `evaluate() keeps the values that run ${runId} has of other versions of the scorers ${names}. To score all rows with these versions, start a new run, or give the scorers other names.`,
  );
}

/** Logs one line if the outputs that a run has were returned by another version of the function. */
export function warnOfChangedFunction(
  runId: string,
  before: string | undefined,
  now: string | undefined,
): void {
  if (before === undefined || now === undefined || before === now) return;
  warnOnce(
    `changed function ${runId}`,
    `evaluate() keeps the outputs that run ${runId} has of another version of \`predictFn\`. To call this version for all rows, start a new run.`,
  );
}
