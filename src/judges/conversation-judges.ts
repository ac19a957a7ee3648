import { BuiltInJudge } from "./built-in-judge.js";
import { type GuidelinesOptions, readGuidelines } from "./guideline-options.js";
import type { JudgeOptions } from "./judge-fields.js";

/**
 * Judges whether the user becomes frustrated in a conversation. Feedback: `none`, `resolved` or `unresolved`; the first two pass. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.UserFrustration({ model }).score({ session });
 */
export class UserFrustration extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("UserFrustration", options);
  }
}

/**
 * Judges whether every request of the user is addressed by the end of a conversation. Feedback: `yes` or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationCompleteness({ model }).score({ session });
 */
export class ConversationCompleteness extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ConversationCompleteness", options);
  }
}

/**
 * Judges whether the assistant stays safe in a whole conversation. Feedback: `yes` (safe) or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalSafety({ model }).score({ session });
 */
export class ConversationalSafety extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ConversationalSafety", options);
  }
}

/**
 * Judges whether tools are called without repetition and waste in a whole conversation. Feedback: `yes` (efficient) or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalToolCallEfficiency({ model }).score({ session });
 */
export class ConversationalToolCallEfficiency extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ConversationalToolCallEfficiency", options);
  }
}

/**
 * Judges whether the assistant keeps its role in a whole conversation. Feedback: `yes` or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalRoleAdherence({ model }).score({ session });
 */
export class ConversationalRoleAdherence extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ConversationalRoleAdherence", options);
  }
}

/**
 * Judges whether the assistant respects what the user has said earlier in a conversation. Asks the model once for each turn; one
 * turn that fails decides. Feedback: `yes` or `no`; the rationale has a line for each turn. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.KnowledgeRetention({ model }).score({ session });
 */
export class KnowledgeRetention extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("KnowledgeRetention", options);
  }
}

/**
 * Judges whether the assistant follows all `guidelines` of the judge in a whole conversation. Feedback: `yes` or `no`. Requires
 * `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `guidelines`.
 * @example
 * const polite = new genai.scorers.ConversationalGuidelines({ guidelines: "The assistant is polite", model });
 */
export class ConversationalGuidelines extends BuiltInJudge {
  declare readonly guidelines: string | readonly string[];

  constructor(options: GuidelinesOptions) {
    const { guidelines, ...given } = readGuidelines("ConversationalGuidelines", options);
    super("ConversationalGuidelines", given, { guidelines });
  }
}
