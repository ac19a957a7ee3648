/** The least LangChain waits before it tries again. */
const RETRY_MS = 1_000;
const MOST_MS = 4_000;

/** Lets LangChain's retries wait a millisecond instead of seconds. Returns what takes that back. */
export function quickRetries(): () => void {
  const { setTimeout } = globalThis;
  const quick = (callback: () => void, ms?: number, ...args: []) => {
    const isRetry = ms !== undefined && ms >= RETRY_MS && ms <= MOST_MS;
    return setTimeout(callback, isRetry ? 1 : ms, ...args);
  };
  globalThis.setTimeout = Object.assign(quick, setTimeout) as typeof setTimeout;
  return () => {
    globalThis.setTimeout = setTimeout;
  };
}
