import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";
import { latencySeconds, tokensOfSpans, tokensOfTrace } from "./trace-facts.js";

/** The options of {@link Latency}. */
export interface LatencyOptions extends CodeScorerOptions {}

/**
 * The seconds that the trace took, which pass unless `passIf` is set. Returns no feedback for a row without a trace.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.Latency({ passIf: (seconds) => seconds < 2 });
 */
export class Latency extends CodeScorer<object> {
  constructor(options?: LatencyOptions) {
    const defaultAggregations = ["mean", "p90"] as const;
    const caller = "new Latency()";
    const names = { caller, defaultName: "latency" };
    super(options, { ...names, defaultAggregations, isMeasure: true, kinds: {} });
  }

  override score({ trace }: ScoredRow): number | undefined {
    return trace && latencySeconds(trace);
  }
}

/** The options of {@link TokenCount}. */
export interface TokenCountOptions extends CodeScorerOptions {}

/**
 * The tokens that the models of the trace have used, which pass unless `passIf` is set. Returns no feedback if they have not reported them.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.TokenCount({ passIf: (tokens) => tokens < 4000 });
 */
export class TokenCount extends CodeScorer<object> {
  constructor(options?: TokenCountOptions) {
    const names = { caller: "new TokenCount()", defaultName: "token_count" };
    super(options, { ...names, isMeasure: true, kinds: {} });
  }

  override score({ trace }: ScoredRow): number | undefined {
    return trace && (tokensOfTrace(trace.info) ?? tokensOfSpans(trace));
  }
}
