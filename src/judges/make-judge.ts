import { ROW_SCORER_KINDS } from "../scorers/scorer.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { filledText, flag, required } from "../settings/kinds.js";
import { InstructionsJudge, type MakeJudgeOptions } from "./instructions-judge.js";
import { baseUrlKind, JUDGE_KINDS } from "./judge-fields.js";
import { feedbackValueType } from "./value-type.js";

const MAKE_JUDGE: NamedKinds<MakeJudgeOptions> = {
  ...JUDGE_KINDS,
  name: required(ROW_SCORER_KINDS.name),
  instructions: required(filledText),
  feedbackValueType,
  baseUrl: baseUrlKind,
  sessionLevel: filledText,
  includeTimingInConversation: flag,
  generateRationaleFirst: flag,
};

/**
 * Creates a scorer that asks a chat model to follow your instructions. The judged values are passed as JSON beside the
 * instructions, so no text in them can change your instructions. Mirrors `mlflow.genai.judges.make_judge`, with one
 * difference: for `{{ trace }}`, Python gives the model tools to read the trace; here the model receives the spans as JSON,
 * of which at most 200 000 characters are kept.
 *
 * The feedback has the rationale of the model, and its metadata has the instructions and the tokens that were spent. Its
 * mean becomes a metric if the values are booleans or numbers, as in Python.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, or if the variables of the
 * instructions are unknown or cannot be used together.
 * @example
 * const politeness = genai.makeJudge({
 *   name: "politeness",
 *   instructions: "Is {{ outputs }} a polite answer to {{ inputs }}?",
 *   feedbackValueType: ["polite", "neutral", "rude"],
 *   model: new ChatOpenAI({ model: "gpt-4.1-mini" }),
 * });
 * const { value, rationale } = await politeness.score({ inputs, outputs });
 */
export function makeJudge(options: MakeJudgeOptions): InstructionsJudge {
  return new InstructionsJudge(readNamed("makeJudge()", options, MAKE_JUDGE));
}
