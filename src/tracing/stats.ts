import type { Stats } from "../delivery/stats.js";
import { getPipeline } from "../recording/pipeline.js";

/**
 * Returns how much this process has recorded and logged since it started, by where it is now: pending in memory, sent, on disk
 * or dropped. Each trace, and each call that logs data of a run, is in one of the four. Sends nothing.
 *
 * @example
 * ```ts
 * const { traces, losses } = mlflow.stats();
 * if (traces.dropped > 0) console.warn("traces are lost", losses);
 * ```
 */
export function stats(): Stats {
  return getPipeline().stats();
}
