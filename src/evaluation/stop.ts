import { setMaxListeners } from "node:events";
import { countOf } from "../base/count-of.js";
import type { Usage } from "./usage.js";

export interface StopOptions {
  readonly signal?: AbortSignal | undefined;
  readonly maxTokens?: number | undefined;
  readonly maxCost?: number | undefined;
}

/** Decides whether an evaluation starts more work. What is running ends by itself, unless an abort ends it. */
export class Stop {
  readonly #options: StopOptions;
  readonly #aborter = new AbortController();
  readonly #onAbort = () => this.#aborter.abort(this.#options.signal?.reason);
  #tokens = 0;
  #cost = 0;

  constructor(options: StopOptions) {
    this.#options = options;
    // Each row listens: by default Node warns of a leak from the eleventh listener on.
    setMaxListeners(0, this.signal);
    const { signal } = options;
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Aborts with the signal of the app, and with {@link abort}. */
  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  abort(reason: Error): void {
    this.#aborter.abort(reason);
  }

  /** Removes the listener from the signal of the app. */
  release(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
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
      return `${countOf(this.#tokens, "token was", "tokens were")} used, and \`maxTokens\` is ${maxTokens}`;
    }
    if (maxCost !== undefined && this.#cost >= maxCost) {
      return `calls have cost ${this.#cost} US dollars, and \`maxCost\` is ${maxCost}`;
    }
    return undefined;
  }
}
