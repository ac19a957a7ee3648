import { AsyncLocalStorage } from "node:async_hooks";
import { guard } from "../base/log.js";

/** Time between two attempts, if the last one could move nothing more. */
const REST_MS = 1_000;

/** Moves items out of memory in small steps, between which the app can work. */
export class Overflow {
  readonly #step: () => boolean | undefined;
  readonly #now: () => number;
  readonly #detached = AsyncLocalStorage.snapshot();
  #isRunning = false;
  #restsUntilMs = 0;

  /** @param step moves a few items. Returns whether there are more. */
  constructor(step: () => boolean, now: () => number) {
    this.#step = guard("moving items out of memory", step);
    this.#now = now;
  }

  start(): void {
    if (this.#isRunning || this.#now() < this.#restsUntilMs) return;
    this.#isRunning = true;
    this.#next();
  }

  #next(): void {
    this.#detached(() => {
      setImmediate(() => {
        if (this.#step() === true) {
          this.#next();
          return;
        }
        this.#isRunning = false;
        this.#restsUntilMs = this.#now() + REST_MS;
      }).unref();
    });
  }
}
