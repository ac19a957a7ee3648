/** The result of writing one trace, or one change of a run. */
export type Verdict =
  /** The store has it. */
  | { readonly state: "stored" }
  /** Transient failure: retry, not before `afterMs`. */
  | { readonly state: "retry"; readonly afterMs?: number; readonly cause: Error }
  /** The store rejects this one for good. */
  | { readonly state: "refused"; readonly cause: Error }
  /** The store rejects everything until the configuration changes: credentials, host check, address. */
  | { readonly state: "blocked"; readonly cause: Error };

const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * Milliseconds to wait after `failures` failed attempts in a row: full jitter below a ceiling that
 * doubles from 500 ms to 30 s, plus the delay that the server requested (`Retry-After`).
 *
 * Not a library: p-retry and exponential-backoff loop over one call, with timers that keep the process alive.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function retryDelayMs(failures: number, random: () => number, afterMs = 0): number {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1));
  return afterMs + random() * ceilingMs;
}
