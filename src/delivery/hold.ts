/** Longer timers fire at once in Node. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long the process is kept alive for the result of a call. */
export const ANSWER_TIMEOUT_MS = 120_000;
/** How long reads wait for what this process has finished and not yet delivered. */
export const READ_AFTER_WRITE_MS = 5_000;

/**
 * Waits for `work`, for at most `timeoutMs`, and keeps the process alive so long, which background
 * work itself never does. Resolves with `undefined` when the time is over.
 */
export async function holdUntil<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.min(timeoutMs, MAX_TIMER_MS));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps the process alive while somebody waits for `work`, for at most `timeoutMs`. */
export function hold<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = setTimeout(() => {}, Math.min(timeoutMs, MAX_TIMER_MS));
  const release = () => clearTimeout(timer);
  work.then(release, release);
  return work;
}
