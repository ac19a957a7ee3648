import type { Scorer } from "../scorers/scorer.js";
import * as conversations from "./conversation-judges.js";
import * as rows from "./row-judges.js";

/**
 * Returns one scorer of each built-in class with a model that needs no options. Mirrors `mlflow.genai.scorers.get_all_scorers`.
 *
 * @example
 * await genai.evaluate({ data, predictFn, scorers: genai.scorers.getAllScorers() });
 */
export function getAllScorers(): Scorer[] {
  const { Guidelines, ...ofRows } = rows;
  const { ConversationalGuidelines, ...ofConversations } = conversations;
  return [...Object.values(ofRows), ...Object.values(ofConversations)].map((Judge) => new Judge());
}
