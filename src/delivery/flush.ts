import type { Entry } from "./group.js";

/** The items that one flush settled. */
export interface FlushCounts {
  /** Stored. */
  readonly sent: number;
  /** Kept on disk for a later attempt. */
  readonly spooled: number;
  /** Lost. A warning logs the reason. */
  readonly dropped: number;
}

export const NOTHING_SETTLED: FlushCounts = { sent: 0, spooled: 0, dropped: 0 };

/** One flush. It waits for the items that were put before it, and ignores later ones. */
export class PendingFlush {
  readonly startedAtMs: number;
  readonly #lastOrder: number;
  readonly #done: (counts: FlushCounts) => void;
  #left: number;
  #sent = 0;
  #dropped = 0;

  constructor(
    left: number,
    lastOrder: number,
    startedAtMs: number,
    done: (counts: FlushCounts) => void,
  ) {
    this.#left = left;
    this.#lastOrder = lastOrder;
    this.startedAtMs = startedAtMs;
    this.#done = done;
  }

  /** `undefined`: the item left the queue, and the caller of `takeAll()` counts it. */
  settle(entry: Entry<unknown>, outcome: "sent" | "dropped" | undefined): void {
    if (entry.order > this.#lastOrder) return;
    this.#left -= 1;
    if (!entry.isCounted) return;
    if (outcome === "sent") this.#sent += 1;
    else if (outcome === "dropped") this.#dropped += 1;
  }

  get complete(): boolean {
    return this.#left <= 0;
  }

  finish(): void {
    this.#done({ sent: this.#sent, spooled: 0, dropped: this.#dropped });
  }
}
