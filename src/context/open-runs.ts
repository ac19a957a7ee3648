import type { RunContext } from "./active-runs.js";

/** A run that this process has started and not ended. */
export interface OpenRun extends RunContext {
  /** Puts its end on its way: nothing of the app is left that could. */
  endWithProcess(): void;
}

/** The runs of the process that nobody has ended yet. */
export class OpenRuns {
  readonly #open = new Set<OpenRun>();
  readonly #onOpened: () => void;

  constructor(onOpened: () => void) {
    this.#onOpened = onOpened;
  }

  get size(): number {
    return this.#open.size;
  }

  add(run: OpenRun): void {
    this.#open.add(run);
    this.#onOpened();
  }

  /** False when it was not there any more. */
  delete(run: OpenRun): boolean {
    return this.#open.delete(run);
  }

  /** Those that were started last end first. */
  endAll(): void {
    for (const run of [...this.#open].reverse()) run.endWithProcess();
    this.#open.clear();
  }
}
