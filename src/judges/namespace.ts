/** The contents of `mlflow.genai` that come from this folder. */

export type { ScorerVersion } from "../store/scorer-store.js";
export type { InstructionsJudge, MakeJudgeOptions } from "./instructions-judge.js";
export type { Judge, RegisterOptions } from "./judge.js";
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
