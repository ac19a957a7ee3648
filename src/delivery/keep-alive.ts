import { AsyncLocalStorage } from "node:async_hooks";
import { MAX_TIMER_MS } from "./hold.js";

/**
 * Keeps the process alive while calls of the app wait for a delivery. Whether the app awaits them cannot be known, so
 * all of them count, and only as long as something gets through: `limitMs` without progress ends it.
 */
export class KeepAlive {
  readonly #limitMs: () => number;
  // The timer would else hold the async context of whichever call started it.
  readonly #detached = AsyncLocalStorage.snapshot();
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #expiredAtMs: number | undefined;
  #heldMs = 0;
  #isOff = false;

  constructor(limitMs: () => number) {
    this.#limitMs = limitMs;
  }

  /** How many calls are waiting. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Milliseconds for which the process was kept alive in vain until just now. They become fewer as time passes: a
   * process that had other things to do was not delayed.
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

  /** Something was delivered: the time begins anew. */
  noteProgress(): void {
    this.#expiredAtMs = undefined;
    if (this.#waiting > 0) this.#start();
  }

  /** The natural end of the process has its own time: it begins now. */
  turnOff(): void {
    this.#isOff = true;
    this.#stop();
  }

  #start(): void {
    this.#stop();
    const limitMs = Math.min(this.#limitMs(), MAX_TIMER_MS);
    if (this.#isOff || limitMs <= 0) return;
    this.#startedAtMs = performance.now();
    this.#detached(() => {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#expiredAtMs = performance.now();
        this.#heldMs = this.#expiredAtMs - this.#startedAtMs;
      }, limitMs);
    });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
