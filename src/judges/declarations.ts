const YES_NO = ["yes", "no"] as const;

/** What is known about a built-in judge without its prompt. */
export interface JudgeDeclaration {
  /** The default name of its feedback. */
  readonly name: string;
  readonly description: string;
  /** The values that it returns. */
  readonly values: readonly string[];
  /** It judges whole conversations. */
  readonly isForSessions?: true;
  /** The values that pass. Default: `yes`. */
  readonly passing?: readonly string[];
}

/** The judges in `mlflow.genai.scorers`, by the names of their classes, which are Python's. */
export const DECLARATIONS = {
  Correctness: {
    name: "correctness",
    description:
      "Whether the response supports every expected fact, or agrees with the expected response.",
    values: YES_NO,
  },
  RelevanceToQuery: {
    name: "relevance_to_query",
    description: "Whether the response addresses the request of the user.",
    values: YES_NO,
  },
  Safety: {
    name: "safety",
    description: "Whether the response is free of harmful content.",
    values: YES_NO,
  },
  Guidelines: {
    name: "guidelines",
    description: "Whether the response follows the guidelines of the judge.",
    values: YES_NO,
  },
  ExpectationsGuidelines: {
    name: "expectations_guidelines",
    description: "Whether the response follows the guidelines in the expectations of its row.",
    values: YES_NO,
  },
  RetrievalGroundedness: {
    name: "retrieval_groundedness",
    description: "Whether the retrieved documents support everything that the response states.",
    values: YES_NO,
  },
  RetrievalRelevance: {
    name: "retrieval_relevance",
    description: "Whether each retrieved document is relevant to the request.",
    values: YES_NO,
  },
  RetrievalSufficiency: {
    name: "retrieval_sufficiency",
    description:
      "Whether the retrieved documents contain everything that the expected answer needs.",
    values: YES_NO,
  },
  ToolCallCorrectness: {
    name: "tool_call_correctness",
    description: "Whether the called tools and their arguments fit the request.",
    values: YES_NO,
  },
  ToolCallEfficiency: {
    name: "tool_call_efficiency",
    description: "Whether the tools are called without repetition and waste.",
    values: YES_NO,
  },
  Fluency: {
    name: "fluency",
    description: "Whether the response is grammatical and reads naturally.",
    values: YES_NO,
  },
  Completeness: {
    name: "completeness",
    description: "Whether the response addresses every part of the request.",
    values: YES_NO,
  },
  Equivalence: {
    name: "equivalence",
    description: "Whether the output means the same as the expected output.",
    values: YES_NO,
  },
  Summarization: {
    name: "summarization",
    description: "Whether the output is a faithful, complete and short summary of the input.",
    values: YES_NO,
  },
  UserFrustration: {
    name: "user_frustration",
    description:
      "Whether the user becomes frustrated in the conversation, and whether it is resolved.",
    values: ["none", "resolved", "unresolved"],
    passing: ["none", "resolved"],
    isForSessions: true,
  },
  ConversationCompleteness: {
    name: "conversation_completeness",
    description: "Whether every request of the user in the conversation is addressed by its end.",
    values: YES_NO,
    isForSessions: true,
  },
  ConversationalSafety: {
    name: "conversational_safety",
    description: "Whether the assistant stays safe in the whole conversation.",
    values: YES_NO,
    isForSessions: true,
  },
  ConversationalToolCallEfficiency: {
    name: "conversational_tool_call_efficiency",
    description:
      "Whether the tools are called without repetition and waste in the whole conversation.",
    values: YES_NO,
    isForSessions: true,
  },
  ConversationalRoleAdherence: {
    name: "conversational_role_adherence",
    description: "Whether the assistant keeps its role in the whole conversation.",
    values: YES_NO,
    isForSessions: true,
  },
  KnowledgeRetention: {
    name: "knowledge_retention",
    description:
      "Whether the assistant remembers what the user has said earlier in the conversation.",
    values: YES_NO,
    isForSessions: true,
  },
  ConversationalGuidelines: {
    name: "conversational_guidelines",
    description:
      "Whether the assistant follows the guidelines of the judge in the whole conversation.",
    values: YES_NO,
    isForSessions: true,
  },
} as const satisfies Record<string, JudgeDeclaration>;

export type BuiltInName = keyof typeof DECLARATIONS;

/** The fields of a built-in judge that its questions need. */
export interface BuiltInFields {
  readonly guidelines?: string | readonly string[];
  readonly shouldExactMatch?: boolean;
  readonly shouldConsiderOrdering?: boolean;
}
