import { AsyncLocalStorage } from "node:async_hooks";

/** Node fires longer timers at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long the process is kept alive for the result of a call. */
export const ANSWER_TIMEOUT_MS = 120_000;
/** How long reads wait for data that this process has logged and not yet delivered. */
export const READ_AFTER_WRITE_MS = 5_000;

/**
 * Waits for `work`, for at most `timeoutMs`, and keeps the process alive meanwhile, which background work itself never
 * does. Resolves with `undefined` on timeout.
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

/** Keeps the process alive until `work` is settled, for at most `timeoutMs`. Returns `work`. */
export function hold<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = setTimeout(() => {}, Math.min(timeoutMs, MAX_TIMER_MS));
  const release = () => clearTimeout(timer);
  work.then(release, release);
  return work;
}

/**
 * Keeps the process alive while calls of the app wait for a delivery. It cannot be known whether the app awaits them,
 * so all of them count, until `limitMs` pass without a delivery.
 */
export class KeepAlive {
  readonly #limitMs: (isFailing: boolean) => number;
  // Otherwise the timer would keep the async context of the call that started it in memory.
  readonly #detached = AsyncLocalStorage.snapshot();
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  /** Whether a request has failed since the last delivery. */
  #isFailing = false;
  #expiredAtMs: number | undefined;
  #heldMs = 0;
  #isOff = false;

  constructor(limitMs: (isFailing: boolean) => number) {
    this.#limitMs = limitMs;
  }

  /** How many calls are waiting. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Milliseconds for which the process was kept alive without result. Time that passed since then is subtracted: a
   * process that had other work to do was not delayed.
   */
  get heldMs(): number {
    if (this.#expiredAtMs === undefined) return 0;
    return Math.max(0, this.#heldMs - (performance.now() - this.#expiredAtMs));
  }

  /** Counts a call as waiting until `work` is settled. */
  until(work: Promise<unknown>): void {
    this.#waiting += 1;
    if (this.#waiting === 1 && this.#expiredAtMs === undefined) this.#start();
    const release = () => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#stop();
    };
    work.then(release, release);
  }

  /** Data was delivered: the limit starts again. */
  noteProgress(): void {
    this.#isFailing = false;
    this.#expiredAtMs = undefined;
    if (this.#waiting > 0) this.#start();
  }

  /** A request failed: the limit may be shorter now. */
  noteFailure(): void {
    if (this.#isFailing || this.#timer === undefined) return;
    this.#isFailing = true;
    this.#start(this.#startedAtMs);
  }

  /** The natural end of the process has begun, which has a limit of its own. */
  turnOff(): void {
    this.#isOff = true;
    this.#stop();
  }

  #start(startedAtMs = performance.now()): void {
    this.#stop();
    const limitMs = Math.min(this.#limitMs(this.#isFailing), MAX_TIMER_MS);
    if (this.#isOff || limitMs <= 0) return;
    this.#startedAtMs = startedAtMs;
    const leftMs = limitMs - (performance.now() - startedAtMs);
    this.#detached(() => {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#expiredAtMs = performance.now();
        this.#heldMs = this.#expiredAtMs - this.#startedAtMs;
      }, leftMs);
    });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
