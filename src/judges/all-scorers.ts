import { PIIDetection } from "../scorers/pii-detection.js";
import type { Scorer } from "../scorers/scorer.js";
import * as conversations from "./conversation-judges.js";
import * as rows from "./row-judges.js";

/**
 * Returns one scorer of each class of MLflow that needs no options: the built-in judges, and {@link PIIDetection}. Mirrors
 * `mlflow.genai.scorers.get_all_scorers`.
 *
 * @example
 * await genai.evaluate({ data, predictFn, scorers: genai.scorers.getAllScorers() });
 */
export function getAllScorers(): Scorer[] {
  const { Guidelines, ...ofRows } = rows;
  const { ConversationalGuidelines, ...ofConversations } = conversations;
  const classes = [...Object.values(ofRows), ...Object.values(ofConversations), PIIDetection];
  return classes.map((Class) => new Class());
}
