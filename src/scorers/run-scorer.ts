import { Feedback } from "../store/assessments.js";
import type { RunScorer } from "./scorer.js";
export const runScorer: RunScorer = async (scorer, row, scoring) => {
  try {
    const value = await scorer.score(row, scoring);
    if (value === null || value === undefined) return [];
    if (value instanceof Feedback) return [value];
    return [
      new Feedback({
        name: scorer.name,
        value: value as never,
        source: { sourceType: "CODE", sourceId: scorer.name },
      }),
    ];
  } catch (error) {
    return [
      new Feedback({
        name: scorer.name,
        error: error as Error,
        source: { sourceType: "CODE", sourceId: scorer.name },
      }),
    ];
  }
};
