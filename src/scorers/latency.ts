import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText } from "../settings/kinds.js";
import { type ScoredRow, Scorer } from "./scorer.js";
import { latencySeconds } from "./trace-facts.js";

/** The options of {@link Latency}. */
export interface LatencyOptions {
  /** Default: `latency`. */
  readonly name?: string;
}

const KINDS: OptionKinds<LatencyOptions> = { name: filledText };

/**
 * The seconds that the trace took. Returns no feedback for a row without a trace.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.Latency();
 */
export class Latency extends Scorer {
  constructor(options: LatencyOptions = {}) {
    const { name } = readOptions<LatencyOptions>("new Latency()", options, KINDS);
    super({ name: name ?? "latency", aggregations: ["mean", "p90"] });
  }

  score({ trace }: ScoredRow): number | undefined {
    return trace && latencySeconds(trace);
  }
}
