import type { Usage } from "./usage.js";

export interface StopOptions {
  readonly signal?: AbortSignal | undefined;
  readonly maxTokens?: number | undefined;
  readonly maxCost?: number | undefined;
}

/** Decides whether an evaluation starts more work. What is running ends by itself, unless the app's signal aborts it. */
export class Stop {
  readonly #options: StopOptions;
  /** Aborts with the signal of the app. */
  readonly signal: AbortSignal;
  #tokens = 0;
  #cost = 0;

  constructor(options: StopOptions) {
    this.#options = options;
    this.signal = options.signal ?? new AbortController().signal;
  }

  add({ tokens, cost }: Usage): void {
    this.#tokens += tokens;
    this.#cost += cost;
  }

  get isStopped(): boolean {
    return this.signal.aborted || this.budgetReason !== undefined;
  }

  /** Which limit is reached. */
  get budgetReason(): string | undefined {
    const { maxTokens, maxCost } = this.#options;
    if (maxTokens !== undefined && this.#tokens >= maxTokens) {
      return `${this.#tokens} tokens were used, and \`maxTokens\` is ${maxTokens}`;
    }
    if (maxCost !== undefined && this.#cost >= maxCost) {
      return `calls have cost ${this.#cost} US dollars, and \`maxCost\` is ${maxCost}`;
    }
    return undefined;
  }
}
