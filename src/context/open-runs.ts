/** A run that this process has started and not ended. */
export interface OpenRun {
  /** Puts the end of the run into the queue, since the process ends. */
  endWithProcess(): void;
}

/** The runs that this process has started and not ended. */
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

  /** Returns false if the run was not open any more. */
  delete(run: OpenRun): boolean {
    return this.#open.delete(run);
  }

  /** Ends all, beginning with the run that was started last. */
  endAll(): void {
    for (const run of [...this.#open].reverse()) run.endWithProcess();
    this.#open.clear();
  }
}
