import { invalidParameter } from "../base/errors.js";
import type { ScoredRow, ScorerFields, Scoring } from "../scorers/scorer.js";
import type { Feedback } from "../store/assessments.js";
import { Judge } from "./judge.js";
import type { JudgeOptions } from "./judge-fields.js";
import type { SerializedScorer } from "./serialized-scorer.js";
import { type TemplateVariable, templateVariables } from "./template.js";
import { type FeedbackValueType, hasMean } from "./value-type.js";

/** The options of `genai.makeJudge()`. */
export interface MakeJudgeOptions extends JudgeOptions {
  /** Names the feedback. */
  readonly name: string;
  /**
   * What to judge, with at least one of `{{ inputs }}`, `{{ outputs }}`, `{{ expectations }}`, `{{ trace }}` and
   * `{{ conversation }}`. The last one cannot be used with others than `{{ expectations }}`.
   */
  readonly instructions: string;
  /** The values that the judge may return. Default: `"string"`. */
  readonly feedbackValueType?: FeedbackValueType;
  /** The base URL of the provider's API. Only for a URI of a model. */
  readonly baseUrl?: string;
  /**
   * The level of MLflow's session hierarchy that groups the traces of a conversation. Only with `{{ conversation }}`.
   * Default: the whole session.
   */
  readonly sessionLevel?: string;
  /** Add the duration of each answer to the conversation. Default: false. */
  readonly includeTimingInConversation?: boolean;
  /** Ask for the rationale before the value, so that the value follows from it. Default: false. */
  readonly generateRationaleFirst?: boolean;
}

/** A judge with instructions of the app. `genai.makeJudge()` creates it. */
export class InstructionsJudge extends Judge<Feedback> {
  declare readonly instructions: string;
  declare readonly feedbackValueType: FeedbackValueType;
  declare readonly includeTimingInConversation: boolean;
  declare readonly generateRationaleFirst: boolean;
  /** The variables in the instructions. */
  declare readonly templateVariables: readonly TemplateVariable[];

  /** @param options checked by `makeJudge()`. */
  constructor(options: MakeJudgeOptions) {
    const { instructions, feedbackValueType = "string", sessionLevel, ...more } = options;
    const { includeTimingInConversation = false, generateRationaleFirst = false } = options;
    const variables = templateVariables(instructions);
    const isForSessions = variables.includes("conversation");
    if (sessionLevel !== undefined && !isForSessions) {
      throw invalidParameter(
        "`sessionLevel` is only valid for judges whose instructions contain {{ conversation }}.",
      );
    }
    const fields: ScorerFields & JudgeOptions = {
      aggregations: hasMean(feedbackValueType) ? ["mean"] : [],
      ...more,
      ...(isForSessions && { sessionLevel: sessionLevel ?? true }),
    };
    super(fields);
    Object.assign(this, {
      instructions,
      feedbackValueType,
      includeTimingInConversation,
      generateRationaleFirst,
      templateVariables: variables,
    });
  }

  protected async judge(row: ScoredRow, scoring: Scoring): Promise<Feedback> {
    const { scoreWithInstructions } = await import("./score-with-instructions.js");
    return scoreWithInstructions(this, row, scoring);
  }

  protected async serialize(modelUri: string | undefined): Promise<SerializedScorer> {
    const { serializeInstructions } = await import("./serialize.js");
    return serializeInstructions(this, modelUri);
  }
}
