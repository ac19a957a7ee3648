import type { Scorer } from "../scorers/scorer.js";
import { BuiltInJudge } from "./built-in-judge.js";
import { resolveModel } from "./chat-model.js";
import { Judge } from "./judge.js";

/** These decide some rows without their model, and an app that has only such rows needs none. */
const DECIDES_ALONE = new Set(["Equivalence", "ToolCallCorrectness"]);

/**
 * Creates the models of the judges among the scorers, so that a wrong URI is one error before the app pays for
 * calls.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if a model cannot be created.
 */
export async function checkJudgeModels(scorers: readonly Scorer[]): Promise<void> {
  for (const scorer of scorers) {
    if (!(scorer instanceof Judge)) continue;
    if (scorer instanceof BuiltInJudge && DECIDES_ALONE.has(scorer.builtIn)) continue;
    await resolveModel(scorer);
  }
}
