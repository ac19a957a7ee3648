import type { AutologOptions } from "../settings/options.js";
import type { QueueLimits } from "./queue-options.js";

/** The limits of a queue of traces. They are read from the options at each use, since `autolog()` can change those. */
export function limitsOf(options: AutologOptions): QueueLimits {
  return {
    get maxQueueBytes() {
      return options.maxQueueBytes;
    },
    get maxBatchItems() {
      return options.maxBatchTraces;
    },
    get maxBatchBytes() {
      return options.maxBatchBytes;
    },
    get flushIntervalMs() {
      return options.flushIntervalMs;
    },
    get retryTimeoutMs() {
      return options.retryTimeoutMs;
    },
  };
}
