import { AsyncLocalStorage } from "node:async_hooks";
import { MAX_TIMER_MS } from "./hold.js";

/** One timer for the earliest of several times. It never keeps the process alive. */
export class WakeTimer {
  readonly #onDue: () => void;
  readonly #now: () => number;
  // Otherwise the timer would keep, and run in, the async context of the call that set it.
  readonly #detached = AsyncLocalStorage.snapshot();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(onDue: () => void, now: () => number) {
    this.#onDue = onDue;
    this.#now = now;
  }

  /** Fires at this time, unless it fires earlier. */
  wakeAt(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    const delayMs = Math.min(Math.max(0, dueMs - this.#now()), MAX_TIMER_MS);
    this.#detached(() => {
      this.#timer = setTimeout(this.#onDue, delayMs).unref();
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}
