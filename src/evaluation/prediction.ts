import type { HeldTrace } from "../recording/trace-holder.js";
import type { Trace } from "../tracing/read-trace.js";

/** What the model returned for an item, and the trace of the call. */
export interface Prediction {
  readonly outputs: unknown;
  /** Why there are no outputs. */
  readonly error?: string;
  /** Undefined if nothing was recorded. */
  readonly trace: Trace | undefined;
  /** Set if the trace is not sent yet. */
  readonly held?: HeldTrace;
  readonly latencySeconds?: number;
}
