import { setTimeout as sleep } from "node:timers/promises";

/** How often a call that exceeded a rate limit is repeated. As in MLflow. */
const MAX_RETRIES = 3;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

export interface BackoffEffects {
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly nowMs: () => number;
}

const EFFECTS: BackoffEffects = {
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  random: Math.random,
  nowMs: () => performance.now(),
};

/**
 * Repeats calls that a provider refused with 429. While one call waits, new calls of the same limit wait too, since the
 * provider would refuse them.
 */
export class Backoff {
  readonly #effects: BackoffEffects;
  #pausedUntilMs = 0;
  /** How many calls were repeated. */
  retries = 0;

  constructor(effects: BackoffEffects = EFFECTS) {
    this.#effects = effects;
  }

  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      await this.#pause(signal);
      try {
        return await work();
      } catch (error) {
        if (attempt >= MAX_RETRIES || signal.aborted || !isRateLimit(error)) throw error;
        this.retries += 1;
        const jitter = 0.75 + this.#effects.random() / 2;
        const delayMs = retryAfterMs(error) ?? FIRST_DELAY_MS * 2 ** attempt * jitter;
        const untilMs = this.#effects.nowMs() + Math.min(delayMs, LONGEST_DELAY_MS);
        this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
      }
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const leftMs = this.#pausedUntilMs - this.#effects.nowMs();
      if (leftMs <= 0) return;
      await this.#effects.sleep(leftMs, signal);
    }
  }
}

/** A number alone may be the number of a row, a page or an order: repeating such a failure would cost four calls. */
const RATE_LIMIT =
  /rate limit|too many requests|\b(?:status(?:[ _-]?code)?|HTTP)\b["'\s:=(]*429\b/i;

/** Whether a provider refused a call because of too many requests. Providers differ in the field that has the status. */
function isRateLimit(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const statuses = [read(error, "status"), read(error, "statusCode"), read(error, "code")];
  const response = read(error, "response");
  if (typeof response === "object" && response !== null) statuses.push(read(response, "status"));
  if (statuses.some((status) => Number(status) === 429)) return true;
  const message = read(error, "message");
  return typeof message === "string" && RATE_LIMIT.test(message);
}

/** The header `retry-after` of the response: seconds, or a date. */
function retryAfterMs(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const response = read(error, "response");
  const holders = [error, ...(typeof response === "object" && response !== null ? [response] : [])];
  for (const holder of holders) {
    const text = headerOf(read(holder, "headers"), "retry-after");
    if (text === undefined) continue;
    const seconds = Number(text);
    const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
    if (ms >= 0) return ms;
  }
  return undefined;
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  if (typeof headers !== "object" || headers === null) return undefined;
  const value = read(headers, name);
  return typeof value === "string" ? value : undefined;
}

/** Errors are objects of other libraries, whose getters may throw. */
function read(holder: object, name: string): unknown {
  try {
    return Reflect.get(holder, name);
  } catch {
    return undefined;
  }
}
