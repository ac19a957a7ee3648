/** The contents of `mlflow.genai` that come from this folder. */

export type { ScorerVersion } from "../store/scorer-store.js";

import type { InstructionsJudge as WithInstructions } from "./instructions-judge.js";
import type { Judge as AnyJudge } from "./judge.js";

export type { MakeJudgeOptions } from "./instructions-judge.js";
export type { RegisterOptions } from "./judge.js";

/** A judge that `makeJudge()` returns. */
export interface InstructionsJudge extends WithInstructions {}
/** A scorer that asks a chat model. */
export interface Judge extends AnyJudge {}

export type { JudgeChatModel, JudgeModel, JudgeOptions } from "./judge-fields.js";
export { makeJudge } from "./make-judge.js";
export {
  type DeleteScorerOptions,
  deleteScorer,
  type GetScorerOptions,
  getScorer,
  type ListScorersOptions,
  listScorers,
} from "./registered-scorers.js";
export type { FeedbackValueSchema, FeedbackValueType, SimpleValueType } from "./value-type.js";
