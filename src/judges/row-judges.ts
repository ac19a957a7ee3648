import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { flag } from "../settings/kinds.js";
import { BuiltInJudge } from "./built-in-judge.js";
import { type GuidelinesOptions, readGuidelines } from "./guideline-options.js";
import { JUDGE_KINDS, type JudgeOptions } from "./judge-fields.js";

/**
 * Judges whether the output is right: whether it supports every text of `expectations.expected_facts`, or agrees with
 * `expectations.expected_response`. One of them is required, and so are `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Correctness({ model }).score({
 *   inputs: { question: "What is the capital of France?" },
 *   outputs: "It is Paris.",
 *   expectations: { expected_facts: ["Paris is the capital of France"] },
 * });
 */
export class Correctness extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Correctness", options);
  }
}

/**
 * Judges whether the output addresses the request. Requires `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RelevanceToQuery({ model }).score({ inputs, outputs });
 */
export class RelevanceToQuery extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("RelevanceToQuery", options);
  }
}

/**
 * Judges whether the output is free of harmful content. Requires `outputs`. Feedback: `yes` (safe) or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Safety({ model }).score({ outputs });
 */
export class Safety extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Safety", options);
  }
}

/**
 * Judges whether the output follows the guidelines of its row: `expectations.guidelines`, a text or an array of texts. Requires
 * `inputs`, `outputs` and these. Feedback: `yes` or `no`; its metadata has the guidelines.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ExpectationsGuidelines({ model }).score({
 *   inputs,
 *   outputs,
 *   expectations: { guidelines: ["The answer names a source"] },
 * });
 */
export class ExpectationsGuidelines extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ExpectationsGuidelines", options);
  }
}

/**
 * Judges whether the retrieved documents support the output. Requires a trace with a span of the type `RETRIEVER`. Returns one
 * feedback for each retriever that is not within another one, with its span: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalGroundedness({ model }).score({ trace });
 */
export class RetrievalGroundedness extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("RetrievalGroundedness", options);
  }
}

/**
 * Judges whether each retrieved document helps with the request. Requires a trace with a span of the type `RETRIEVER`. Asks the
 * model once for each document. Returns, for each retriever, `<name>/precision`, the share of relevant documents, and one
 * feedback for each document: `yes` or `no`, with its `chunk_index` in the metadata.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalRelevance({ model }).score({ trace });
 */
export class RetrievalRelevance extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("RetrievalRelevance", options);
  }
}

/**
 * Judges whether the retrieved documents contain all that `expectations.expected_facts` or `expectations.expected_response` needs.
 * Requires a trace with a span of the type `RETRIEVER`. Returns one feedback for each retriever: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalSufficiency({ model }).score({ trace, expectations });
 */
export class RetrievalSufficiency extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("RetrievalSufficiency", options);
  }
}

/**
 * Judges whether the tools of a trace are called without repetition and waste. Requires a trace. Feedback: `yes` (efficient) or
 * `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ToolCallEfficiency({ model }).score({ trace });
 */
export class ToolCallEfficiency extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("ToolCallEfficiency", options);
  }
}

/**
 * Judges whether the output is grammatical and reads naturally. Requires `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Fluency({ model }).score({ outputs });
 */
export class Fluency extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Fluency", options);
  }
}

/**
 * Judges whether the output addresses every part of the request. Requires `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Completeness({ model }).score({ inputs, outputs });
 */
export class Completeness extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Completeness", options);
  }
}

/**
 * Judges whether the output means the same as `expectations.expected_response`, which is required. Numbers, and equal values, are
 * compared without the model. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Equivalence({ model }).score({
 *   outputs: "The capital is Paris",
 *   expectations: { expected_response: "Paris is the capital" },
 * });
 */
export class Equivalence extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Equivalence", options);
  }
}

/**
 * Judges whether the output is a faithful, complete and short summary of the input. Requires `inputs` and `outputs`. Feedback:
 * `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Summarization({ model }).score({ inputs: { text }, outputs: summary });
 */
export class Summarization extends BuiltInJudge {
  constructor(options: JudgeOptions = {}) {
    super("Summarization", options);
  }
}

/**
 * Judges whether the output follows all `guidelines` of the judge. Requires `inputs` and `outputs`. Feedback: `yes` or `no`; its
 * metadata has the guidelines.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `guidelines`.
 * @example
 * const english = new genai.scorers.Guidelines({ name: "english", guidelines: "The answer is in English", model });
 */
export class Guidelines extends BuiltInJudge {
  declare readonly guidelines: string | readonly string[];

  constructor(options: GuidelinesOptions) {
    const { guidelines, ...given } = readGuidelines("Guidelines", options);
    super("Guidelines", given, { guidelines });
  }
}

/** The options of {@link ToolCallCorrectness}. */
export interface ToolCallCorrectnessOptions extends JudgeOptions {
  /**
   * Compare the calls with `expectations.expected_tool_calls`, without the model. Arguments are compared if every expected
   * call has them. Default: false.
   */
  readonly shouldExactMatch?: boolean;
  /** Whether the order of the calls matters. Default: false. */
  readonly shouldConsiderOrdering?: boolean;
}

const TOOL_CALL_KINDS: OptionKinds<ToolCallCorrectnessOptions> = {
  ...JUDGE_KINDS,
  shouldExactMatch: flag,
  shouldConsiderOrdering: flag,
};

/**
 * Judges whether the tools of a trace, and their arguments, fit the request. Requires a trace.
 * `expectations.expected_tool_calls`, an array of `{ name, arguments? }`, is compared by meaning, or exactly with
 * `shouldExactMatch`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ToolCallCorrectness({ model }).score({ trace });
 */
export class ToolCallCorrectness extends BuiltInJudge {
  declare readonly shouldExactMatch: boolean;
  declare readonly shouldConsiderOrdering: boolean;

  constructor(options: ToolCallCorrectnessOptions = {}) {
    const {
      shouldExactMatch = false,
      shouldConsiderOrdering = false,
      ...given
    } = readOptions<ToolCallCorrectnessOptions>(
      "new ToolCallCorrectness()",
      options,
      TOOL_CALL_KINDS,
    );
    super("ToolCallCorrectness", given, { shouldExactMatch, shouldConsiderOrdering });
  }
}
