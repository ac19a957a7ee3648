import { attempt } from "../base/show.js";
import { judgeUsage } from "../judges/usage.js";
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

export function tokensOfTrace({ traceMetadata }: TraceInfo): number | undefined {
  return numberIn(traceMetadata[TraceMetadataKey.TOKEN_USAGE], "total_tokens");
}

export function costOfTrace({ traceMetadata }: TraceInfo): number | undefined {
  return numberIn(traceMetadata[COST_KEY], "total_cost");
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

function numberIn(json: string | undefined, field: string): number | undefined {
  if (json === undefined) return undefined;
  const parsed: unknown = attempt(() => JSON.parse(json));
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const value: unknown = Reflect.get(parsed, field);
  return typeof value === "number" ? value : undefined;
}
