import { judgeUsage } from "../judges/usage.js";
import { numberInMetadata } from "../scorers/trace-facts.js";
import type { Feedback } from "../store/assessments.js";
import type { TraceInfo } from "../trace/trace.js";

/** Tokens, and US dollars where the price is known. */
export interface Usage {
  readonly tokens: number;
  readonly cost: number;
}

/** The key under which a server keeps the cost of a trace. It knows the prices of models. */
const COST_KEY = "mlflow.trace.cost";

export function costOfTrace(info: TraceInfo): number | undefined {
  return numberInMetadata(info, COST_KEY, "total_cost");
}

/** What judges have used for feedback. */
export function usageOfFeedback(feedback: readonly Feedback[]): Usage {
  const used = feedback.flatMap((one) => judgeUsage(one) ?? []);
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value = 0) => total + value, 0);
  return {
    tokens: sum(used.flatMap(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])),
    cost: sum(used.map(({ cost }) => cost)),
  };
}
