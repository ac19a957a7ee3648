import { attempt } from "../base/show.js";
import type { Feedback } from "../store/assessments.js";
import type { TraceInfo } from "../trace/trace.js";
import { TraceMetadataKey } from "../trace/trace.js";

/** Tokens, and US dollars where the price is known. */
export interface Usage {
  readonly tokens: number;
  readonly cost: number;
}

/** The key under which a server keeps the cost of a trace. It knows the prices of models. */
const COST_KEY = "mlflow.trace.cost";

/** The keys under which MLflow keeps what a judge has used. */
export const JUDGE_KEYS = {
  inputTokens: "mlflow.assessment.judgeInputTokens",
  outputTokens: "mlflow.assessment.judgeOutputTokens",
  cost: "mlflow.assessment.judgeCost",
} as const;

export function tokensOfTrace({ traceMetadata }: TraceInfo): number | undefined {
  return numberIn(traceMetadata[TraceMetadataKey.TOKEN_USAGE], "total_tokens");
}

export function costOfTrace({ traceMetadata }: TraceInfo): number | undefined {
  return numberIn(traceMetadata[COST_KEY], "total_cost");
}

export function usageOfFeedback(feedback: readonly Feedback[]): Usage {
  const sum = (key: string) =>
    feedback.reduce((total, { metadata }) => total + (Number(metadata?.[key]) || 0), 0);
  return {
    tokens: sum(JUDGE_KEYS.inputTokens) + sum(JUDGE_KEYS.outputTokens),
    cost: sum(JUDGE_KEYS.cost),
  };
}

function numberIn(json: string | undefined, field: string): number | undefined {
  if (json === undefined) return undefined;
  const parsed: unknown = attempt(() => JSON.parse(json));
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const value: unknown = Reflect.get(parsed, field);
  return typeof value === "number" ? value : undefined;
}
