import type { ScoredRow, Scoring } from "../scorers/scorer.js";
import { Feedback } from "../store/assessments.js";
import { ask, type Judgment, toFeedback } from "./ask.js";
import { type AskedJudge, QUESTIONS, type QuestionData } from "./built-in-questions.js";
import { DECLARATIONS } from "./declarations.js";
import { INSTRUCTIONS } from "./instructions.js";
import type { AskingJudge } from "./judge-fields.js";
import { addSpent, NOTHING_SPENT, spentMetadata } from "./usage.js";
import { schemaOf } from "./value-type.js";
import { feedbackWithoutModel } from "./without-model.js";

/** An answered question of a built-in judge. */
interface Answered extends QuestionData {
  readonly judgment: Judgment;
}

/** Asks all questions of a built-in judge about a row, one after the other, as the limit of the evaluation is a call. */
export async function scoreBuiltIn(
  judge: AskingJudge & AskedJudge,
  row: ScoredRow,
  scoring: Scoring,
): Promise<Feedback | readonly Feedback[]> {
  const { builtIn, name } = judge;
  const decided = feedbackWithoutModel(name, judge, row);
  if (decided) return decided;
  const answered: Answered[] = [];
  for (const question of QUESTIONS[builtIn](row, judge)) {
    const judgment = await ask(judge, questionOf(judge, question), scoring);
    answered.push({ ...question, judgment });
  }
  if (builtIn === "KnowledgeRetention") return retention(name, answered);
  const feedback = answered.map(({ judgment, ...details }) => toFeedback(name, judgment, details));
  if (builtIn === "RetrievalRelevance") return [...precisions(name, feedback), ...feedback];
  const isForEachSpan = builtIn.startsWith("Retrieval");
  return isForEachSpan || feedback[0] === undefined ? feedback : feedback[0];
}

function questionOf({ builtIn }: AskedJudge, { data }: QuestionData) {
  const instructions = INSTRUCTIONS[builtIn];
  const value = schemaOf(DECLARATIONS[builtIn].values);
  return { instructions, data, value, rationaleFirst: builtIn.startsWith("Conversation") };
}

/** The share of relevant documents of each retriever. An error if a document could not be judged. */
function precisions(name: string, feedback: readonly Feedback[]): Feedback[] {
  const spanIds = [...new Set(feedback.map(({ spanId }) => spanId))];
  return spanIds.map((spanId) => {
    const chunks = feedback.filter((one) => one.spanId === spanId);
    const failed = chunks.filter(({ error }) => error !== undefined).length;
    const relevant = chunks.filter(({ value }) => value === "yes").length;
    return new Feedback({
      name: `${name}/precision`,
      ...(failed > 0
        ? { error: `${failed} of ${chunks.length} documents could not be judged.` }
        : { value: relevant / chunks.length }),
      source: { sourceType: "LLM_JUDGE", sourceId: chunks[0]?.source.sourceId ?? name },
      ...(spanId !== undefined && { spanId }),
    });
  });
}

/** One feedback about all turns of a conversation. One turn that fails decides. */
function retention(name: string, answered: readonly Answered[]): Feedback {
  const judgments = answered.map(({ judgment }) => judgment);
  const broken = judgments.find(({ error }) => error !== undefined);
  const failed = judgments.filter((one) => one.error === undefined && one.value === "no").length;
  const turns = judgments.length;
  const lines = judgments.map((judgment, index) =>
    judgment.error === undefined
      ? `- Turn ${index + 1}: ${judgment.value === "no" ? "✗" : "✓"} ${judgment.rationale}`
      : `- Turn ${index + 1}: could not be judged`,
  );
  const overall =
    failed > 0
      ? `Overall: NO - Knowledge retention failed in ${failed} out of ${turns} turn(s).`
      : `Overall: YES - Knowledge retention successful across all ${turns} turn(s).`;
  const spent = judgments.map((judgment) => judgment.spent).reduce(addSpent, NOTHING_SPENT);
  const rationale = `Knowledge retention evaluation across ${turns} turn(s):\n${lines.join("\n")}`;
  return new Feedback({
    name,
    ...(broken?.error !== undefined && failed === 0
      ? { error: broken.error, rationale }
      : { value: failed > 0 ? "no" : "yes", rationale: `${rationale}\n\n${overall}` }),
    source: { sourceType: "LLM_JUDGE", sourceId: judgments[0]?.sourceId ?? name },
    metadata: spentMetadata(spent),
  });
}
