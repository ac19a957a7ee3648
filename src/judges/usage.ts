import type { Assessment } from "../trace/assessment.js";

/** The names under which MLflow stores what a judge has spent, in the metadata of its feedback. */
const KEYS = {
  inputTokens: "mlflow.assessment.judgeInputTokens",
  outputTokens: "mlflow.assessment.judgeOutputTokens",
  cost: "mlflow.assessment.judgeCost",
} as const;

/** `"true"` if the answer came from the cache, and the judge spent nothing. */
const CACHED = "langchain.judgeCached";
/** The number of calls of the model, if it is not 1. */
const CALLS = "langchain.judgeCalls";

/** What a judge has spent. */
export interface JudgeUsage {
  /** Undefined if the model did not report its tokens. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** US dollars. Undefined unless the response of the model had it. */
  readonly cost: number | undefined;
}

/** What the calls for one feedback have spent. */
export interface Spent extends JudgeUsage {
  readonly calls: number;
  readonly isCached: boolean;
}

export const NOTHING_SPENT: Spent = {
  inputTokens: undefined,
  outputTokens: undefined,
  cost: undefined,
  calls: 0,
  isCached: false,
};

/** Adds what two calls have spent. */
export function addSpent(one: Spent, other: Spent): Spent {
  return {
    inputTokens: add(one.inputTokens, other.inputTokens),
    outputTokens: add(one.outputTokens, other.outputTokens),
    cost: add(one.cost, other.cost),
    calls: one.calls + other.calls,
    isCached: one.isCached || other.isCached,
  };
}

function add(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}

/** The metadata of the feedback. */
export function spentMetadata(spent: Spent): Record<string, string | number> {
  const { inputTokens, outputTokens, cost, calls, isCached } = spent;
  return {
    ...(inputTokens !== undefined && { [KEYS.inputTokens]: inputTokens }),
    ...(outputTokens !== undefined && { [KEYS.outputTokens]: outputTokens }),
    ...(cost !== undefined && { [KEYS.cost]: cost }),
    ...(isCached && { [CACHED]: "true" }),
    ...(calls > 1 && { [CALLS]: calls }),
  };
}

/**
 * Returns what a judge has spent for a feedback. Undefined for feedback of another scorer, or if the model did not report
 * anything.
 */
export function judgeUsage({
  metadata = {},
}: Pick<Assessment, "metadata">): JudgeUsage | undefined {
  const read = (key: string) => {
    const value = metadata[key];
    return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
  };
  const usage = {
    inputTokens: read(KEYS.inputTokens),
    outputTokens: read(KEYS.outputTokens),
    cost: read(KEYS.cost),
  };
  return Object.values(usage).some((value) => value !== undefined) ? usage : undefined;
}
