import type { AutologOptions } from "./options.js";

/** Attempts that fit into `retryTimeoutMs` if the server responds to none of them. */
const MIN_ATTEMPTS = 4;
/** A busy server needs this time for one trace. */
const MIN_TIMEOUT_MS = 1_000;

/**
 * The longest time for the response to a request of the queue, in milliseconds. A request that gets no response leaves time
 * for other attempts. Infinite if data is sent only once.
 */
export function queueTimeoutOf({ retryTimeoutMs }: AutologOptions): number {
  if (retryTimeoutMs === 0) return Number.POSITIVE_INFINITY;
  return Math.max(MIN_TIMEOUT_MS, retryTimeoutMs / MIN_ATTEMPTS);
}
