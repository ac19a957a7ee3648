import type { Entry } from "./group.js";

/** What one flush settled. */
export interface FlushCounts {
  /** The store has them. */
  readonly sent: number;
  /** Kept on disk for a later try. */
  readonly spooled: number;
  /** Lost; the reasons are told where they are counted. */
  readonly dropped: number;
}

export const NOTHING_SETTLED: FlushCounts = { sent: 0, spooled: 0, dropped: 0 };

/** One flush that waits for everything put before it; what is put later is not its business. */
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

  /** `undefined`: the item left the queue and is accounted for elsewhere. */
  settle(entry: Entry<unknown>, outcome: "sent" | "dropped" | undefined): void {
    if (entry.order > this.#lastOrder) return;
    this.#left -= 1;
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
