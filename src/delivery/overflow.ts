import { AsyncLocalStorage } from "node:async_hooks";
import { guard } from "../base/log.js";

/** Time between two attempts, if the last one could do nothing more. A start in this time is ignored. */
const REST_MS = 200;

/** Work in small steps, between which the app can work. */
export class Overflow {
  readonly #step: () => boolean | undefined;
  readonly #now: () => number;
  readonly #restMs: number;
  readonly #detached = AsyncLocalStorage.snapshot();
  #isRunning = false;
  #restsUntilMs = 0;

  /** @param step handles a few items. Returns whether there are more. */
  constructor(step: () => boolean, now: () => number, restMs = REST_MS) {
    this.#step = guard("a step", step);
    this.#now = now;
    this.#restMs = restMs;
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
        this.#restsUntilMs = this.#now() + this.#restMs;
      }).unref();
    });
  }
}
