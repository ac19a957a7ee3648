import type { Scoring } from "../scorers/scorer.js";
import { Feedback } from "../store/assessments.js";
import type { AssessmentError, AssessmentValue } from "../trace/assessment.js";
import { callModel } from "./call-model.js";
import { type ResolvedModel, resolveModel } from "./chat-model.js";
import type { AskingJudge } from "./judge-fields.js";
import { answerSchema, promptAgain, promptOf, type Question } from "./prompt.js";
import { readAnswer } from "./read-answer.js";
import { addSpent, NOTHING_SPENT, type Spent, spentMetadata } from "./usage.js";

/** The answer to one question, or why there is no answer, and what it has cost. */
export type Judgment = Spending &
  (
    | { readonly value: AssessmentValue; readonly rationale: string; readonly error?: undefined }
    | { readonly error: Error | AssessmentError }
  );

interface Spending {
  readonly spent: Spent;
  /** The id of the model. */
  readonly sourceId: string;
}

/** The first answer, and one more if it cannot be read. */
const MAX_CALLS = 2;
const MAX_SHOWN_CHARACTERS = 2000;

/**
 * Asks the model of a judge one question.
 *
 * @throws MlflowException if the model of a URI cannot be created. @throws the reason of the signal when it aborts.
 */
export async function ask(
  judge: AskingJudge,
  question: Question,
  scoring: Scoring,
): Promise<Judgment> {
  const resolved = await resolveModel(judge);
  const sourceId = resolved.id;
  const key = keyOf(resolved, question);
  const cached = await scoring.answers?.get(key);
  const known = cached === undefined ? undefined : readAnswer(cached, question.value);
  if (known && "value" in known) {
    const spent = { ...NOTHING_SPENT, inputTokens: 0, outputTokens: 0, isCached: true };
    return { ...known, sourceId, spent };
  }
  let messages = key.messages;
  let spent = NOTHING_SPENT;
  let text = "";
  let problem = "";
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    try {
      const reply = await callModel(resolved, messages, key.schema, scoring);
      spent = addSpent(spent, reply.spent);
      text = reply.text;
    } catch (cause) {
      scoring.signal.throwIfAborted();
      return { error: cause instanceof Error ? cause : new Error(String(cause)), sourceId, spent };
    }
    const answer = readAnswer(text, question.value);
    if ("value" in answer) {
      await scoring.answers?.set(key, text);
      return { ...answer, sourceId, spent };
    }
    problem = answer.problem;
    messages = promptAgain(key.messages, text, problem);
  }
  return { error: unreadable(text, problem), sourceId, spent };
}

/** What decides the answer. */
function keyOf({ id, parameters }: ResolvedModel, question: Question) {
  return {
    model: id,
    parameters,
    messages: promptOf(question),
    schema: answerSchema(question),
  };
}

/** As in Python, with the problem. */
function unreadable(text: string, problem: string): AssessmentError {
  const shown =
    text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
  return {
    errorCode: "BAD_REQUEST",
    errorMessage: `Failed to parse response from judge model. Response: ${shown} (${problem})`,
  };
}

/** What else a feedback says. */
export interface FeedbackDetails {
  readonly spanId?: string | undefined;
  readonly metadata?: Readonly<Record<string, string | number>>;
}

/** Asks one question, and returns the feedback. */
export async function feedbackOn(
  judge: AskingJudge,
  question: Question,
  scoring: Scoring,
  details: FeedbackDetails = {},
): Promise<Feedback> {
  return toFeedback(judge.name, await ask(judge, question, scoring), details);
}

export function toFeedback(
  name: string,
  judgment: Judgment,
  { spanId, metadata = {} }: FeedbackDetails = {},
): Feedback {
  const { sourceId, spent } = judgment;
  return new Feedback({
    name,
    ...(judgment.error === undefined
      ? { value: judgment.value, rationale: judgment.rationale }
      : { error: judgment.error }),
    source: { sourceType: "LLM_JUDGE", sourceId },
    metadata: { ...spentMetadata(spent), ...metadata },
    ...(spanId !== undefined && { spanId }),
  });
}
