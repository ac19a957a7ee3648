// Own code and no library: those at hand (p-retry, exponential-backoff) wrap one call in a loop with
// timers that keep the process alive; here a queue decides when, and only needs the figure.

const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * Milliseconds to wait after `failures` failed tries in a row: full jitter under a ceiling that
 * doubles from 500 ms to 30 s, on top of what the server asked for (`Retry-After`).
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(failures: number, random: () => number, afterMs = 0): number {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1));
  return afterMs + random() * ceilingMs;
}
