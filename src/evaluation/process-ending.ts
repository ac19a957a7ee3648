import { setTimeout as sleep } from "node:timers/promises";
import { getPipeline } from "../recording/pipeline.js";
import { exitTimeoutOf } from "../settings/exit-timeout.js";
import type { Stop } from "./stop.js";

/** How much longer than the delivery may take the process has to end. */
const MARGIN_MS = 1_000;

/** Stops an evaluation when a signal ends the process: no more calls are paid, whose results would be lost. */
export class ProcessEnding {
  readonly #stop: Stop;
  readonly #unregister: () => void;
  #markStored = () => {};
  readonly #stored = new Promise<void>((resolve) => {
    this.#markStored = resolve;
  });
  #hasBegun = false;

  constructor(stop: Stop) {
    this.#stop = stop;
    this.#unregister = getPipeline().addWorkToStop(() => this.#begin());
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Called when the results that are finished are in the queue. If the process ends, waits for that: the app must not
   * continue with an error while it is ended. A process that does not end, such as process 1 of a container, continues.
   */
  async whenStored(): Promise<void> {
    this.#markStored();
    if (!this.#hasBegun) return;
    const exitTimeoutMs = exitTimeoutOf(getPipeline().options);
    await sleep(exitTimeoutMs + MARGIN_MS, undefined, { ref: false });
  }

  /** The evaluation has ended. */
  release(): void {
    this.#unregister();
    this.#markStored();
  }

  #begin(): Promise<void> {
    this.#hasBegun = true;
    this.#stop.abort(new Error("the process received a signal that ends it"));
    return this.#stored;
  }
}
