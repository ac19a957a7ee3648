import type { Entry } from "./group.js";
import { MAX_TIMER_MS } from "./hold.js";

/** Numbers of the traces, and of the calls that log data of a run, that were waiting when a flush started. */
export interface FlushCounts {
  /** Stored. */
  readonly sent: number;
  /** On disk, and not stored yet. This process or another one sends them. */
  readonly spooled: number;
  /** Lost. A warning logs the reason. */
  readonly dropped: number;
  /** In memory only, and sent again later. */
  readonly pending: number;
  /** Why items are pending or spooled. */
  readonly cause?: string;
}

/** What a flush has done. */
export interface FlushResult extends FlushCounts {
  /** How many items have left the queue. */
  readonly settled: number;
}

export const NOTHING_SETTLED: FlushResult = {
  ...{ sent: 0, spooled: 0, dropped: 0, pending: 0 },
  settled: 0,
};

/** How an item leaves the queue. */
export type Outcome = "sent" | "spooled" | "dropped";

/** Items that are in the queue. */
export interface Unsettled {
  /** In memory only. */
  readonly pending: number;
  /** Those that are on disk too. */
  readonly saved: number;
  /** Why they are not stored yet. */
  readonly cause: string | undefined;
}

/** Counts the items of the queue that the results of a flush include. `lastOrder`: that of the newest one. */
type Unsettle = (lastOrder: number) => Unsettled;

/** What a flush waits for. */
interface FlushStart {
  /** The number of items in the queue. */
  readonly left: number;
  readonly lastOrder: number;
  readonly startedAtMs: number;
}

/** One flush. It waits for the items that were put before it, and ignores later ones. */
class PendingFlush {
  readonly startedAtMs: number;
  readonly #lastOrder: number;
  readonly #done: (result: FlushResult) => void;
  readonly #outcomes = { sent: 0, spooled: 0, dropped: 0 };
  #left: number;
  #cause: string | undefined;

  constructor(start: FlushStart, done: (result: FlushResult) => void) {
    this.#left = start.left;
    this.#lastOrder = start.lastOrder;
    this.startedAtMs = start.startedAtMs;
    this.#done = done;
  }

  /** `undefined`: the item left the queue, and the caller of `takeAll()` counts it. `cause`: why it was not stored. */
  settle(entry: Entry<unknown>, outcome: Outcome | undefined, cause: string | undefined): void {
    if (entry.order > this.#lastOrder) return;
    this.#left -= 1;
    if (!entry.isCounted || !outcome) return;
    this.#outcomes[outcome] += 1;
    if (outcome === "spooled") this.#cause = cause;
  }

  get complete(): boolean {
    return this.#left <= 0;
  }

  finish(unsettled: Unsettle): void {
    const { pending, saved, cause = this.#cause } = unsettled(this.#lastOrder);
    const { sent, spooled, dropped } = this.#outcomes;
    const isWaiting = pending + saved + spooled > 0;
    this.#done({
      ...{ sent, spooled: spooled + saved, dropped, pending },
      ...(isWaiting && cause !== undefined && { cause }),
      settled: sent + spooled + dropped,
    });
  }
}

/** The flushes that wait. */
export class PendingFlushes {
  readonly #flushes = new Set<PendingFlush>();
  readonly #unsettled: Unsettle;

  constructor(unsettled: Unsettle) {
    this.#unsettled = unsettled;
  }

  get size(): number {
    return this.#flushes.size;
  }

  /** `begin` is called when the flush waits. */
  start(init: FlushStart, timeoutMs: number, begin: () => void): Promise<FlushResult> {
    return new Promise((resolve) => {
      const flush = new PendingFlush(init, (result) => {
        clearTimeout(timer);
        this.#flushes.delete(flush);
        resolve(result);
      });
      const finish = () => flush.finish(this.#unsettled);
      const timer = setTimeout(finish, Math.min(timeoutMs, MAX_TIMER_MS));
      this.#flushes.add(flush);
      begin();
    });
  }

  settle(entry: Entry<unknown>, outcome: Outcome | undefined, cause: string | undefined): void {
    for (const flush of this.#flushes) flush.settle(entry, outcome, cause);
  }

  /** Ends the flushes that are complete, or for which another request is useless. */
  finish(isUseless: (startedAtMs: number) => boolean): void {
    for (const flush of this.#flushes) {
      if (flush.complete || isUseless(flush.startedAtMs)) flush.finish(this.#unsettled);
    }
  }
}
