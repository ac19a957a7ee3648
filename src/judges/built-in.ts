/** The scorers with a model in `mlflow.genai.scorers`. */
export { getAllScorers } from "./all-scorers.js";
export type { BuiltInJudge } from "./built-in-judge.js";
export {
  ConversationalGuidelines,
  ConversationalRoleAdherence,
  ConversationalSafety,
  ConversationalToolCallEfficiency,
  ConversationCompleteness,
  KnowledgeRetention,
  UserFrustration,
} from "./conversation-judges.js";
export type { GuidelinesOptions } from "./guideline-options.js";
export {
  Completeness,
  Correctness,
  Equivalence,
  ExpectationsGuidelines,
  Fluency,
  Guidelines,
  RelevanceToQuery,
  RetrievalGroundedness,
  RetrievalRelevance,
  RetrievalSufficiency,
  Safety,
  Summarization,
  ToolCallCorrectness,
  type ToolCallCorrectnessOptions,
  ToolCallEfficiency,
} from "./row-judges.js";
