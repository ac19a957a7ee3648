import type { Entry } from "./group.js";
import { MAX_TIMER_MS } from "./hold.js";

/** The items that one flush settled. */
export interface FlushCounts {
  /** Stored. */
  readonly sent: number;
  /** Kept on disk for a later attempt. */
  readonly spooled: number;
  /** Lost. A warning logs the reason. */
  readonly dropped: number;
  /** Neither of these when the flush ended: still in memory, and sent again later. */
  readonly pending: number;
  /** Why items are pending, if the last attempt to send some of them failed. */
  readonly cause?: string;
}

export const NOTHING_SETTLED: FlushCounts = { sent: 0, spooled: 0, dropped: 0, pending: 0 };

/** How an item leaves the queue. */
export type Outcome = "sent" | "spooled" | "dropped";

/** Numbers of items in the queue. `counted`: those that the results include. */
interface ItemCounts {
  readonly all: number;
  readonly counted: number;
}

/** One flush. It waits for the items that were put before it, and ignores later ones. */
class PendingFlush {
  readonly startedAtMs: number;
  readonly #lastOrder: number;
  readonly #done: (counts: FlushCounts) => void;
  #left: number;
  #pending: number;
  #sent = 0;
  #spooled = 0;
  #dropped = 0;

  constructor(
    left: ItemCounts,
    lastOrder: number,
    startedAtMs: number,
    done: (counts: FlushCounts) => void,
  ) {
    this.#left = left.all;
    this.#pending = left.counted;
    this.#lastOrder = lastOrder;
    this.startedAtMs = startedAtMs;
    this.#done = done;
  }

  /** `undefined`: the item left the queue, and the caller of `takeAll()` counts it. */
  settle(entry: Entry<unknown>, outcome: Outcome | undefined): void {
    if (entry.order > this.#lastOrder) return;
    this.#left -= 1;
    if (!entry.isCounted) return;
    this.#pending -= 1;
    if (outcome === "sent") this.#sent += 1;
    else if (outcome === "spooled") this.#spooled += 1;
    else if (outcome === "dropped") this.#dropped += 1;
  }

  get complete(): boolean {
    return this.#left <= 0;
  }

  /** `cause`: why the last request failed. */
  finish(cause: Error | undefined): void {
    const pending = this.#pending;
    this.#done({
      sent: this.#sent,
      spooled: this.#spooled,
      dropped: this.#dropped,
      pending,
      ...(pending > 0 && cause && { cause: cause.message }),
    });
  }
}

/** The flushes that wait. */
export class PendingFlushes {
  readonly #flushes = new Set<PendingFlush>();

  get size(): number {
    return this.#flushes.size;
  }

  /** `begin` is called when the flush waits. `lastFailure`: why the last request failed. */
  start(
    init: { readonly left: ItemCounts; readonly lastOrder: number; readonly startedAtMs: number },
    timeoutMs: number,
    lastFailure: () => Error | undefined,
    begin: () => void,
  ): Promise<FlushCounts> {
    return new Promise((resolve) => {
      const flush = new PendingFlush(init.left, init.lastOrder, init.startedAtMs, (counts) => {
        clearTimeout(timer);
        this.#flushes.delete(flush);
        resolve(counts);
      });
      const finish = () => flush.finish(lastFailure());
      const timer = setTimeout(finish, Math.min(timeoutMs, MAX_TIMER_MS));
      this.#flushes.add(flush);
      begin();
    });
  }

  settle(entry: Entry<unknown>, outcome: Outcome | undefined): void {
    for (const flush of this.#flushes) flush.settle(entry, outcome);
  }

  /** Ends the flushes that are complete, or for which another request is useless. */
  finish(isUseless: (startedAtMs: number) => boolean, lastFailure: Error | undefined): void {
    for (const flush of this.#flushes) {
      if (flush.complete || isUseless(flush.startedAtMs)) flush.finish(lastFailure);
    }
  }
}
