import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import { debug, guard } from "../base/log.js";
import type { Verdict } from "../store/store.js";
import { type FlushCounts, NOTHING_SETTLED, PendingFlush } from "./flush.js";
import { type Entry, Group, type GroupLimits, type Settled } from "./group.js";
import { MAX_TIMER_MS } from "./hold.js";

/** Why an item was dropped. */
export type DropReason =
  /** `maxQueueBytes` were waiting: the newest item is dropped. */
  | "queue_full"
  /** The store rejects it permanently. */
  | "refused"
  /** Sending failed for `retryTimeoutMs`. */
  | "retry_timeout"
  /** The store rejected all requests for `retryTimeoutMs`. */
  | "blocked"
  /** The process ended first. */
  | "exit_timeout";

export interface QueueLimits extends GroupLimits {
  /** Maximum number of bytes in the queue, including those in flight. */
  readonly maxQueueBytes: number;
}

export interface FlushQueueOptions<T> {
  /** Read at each use, since options can change. */
  readonly limits: QueueLimits;
  /** Resolves with one verdict per item, in their order. A rejection counts as `retry` for all of them. */
  readonly send: (items: readonly T[], signal: AbortSignal) => Promise<readonly Verdict[]>;
  /** Called once, when the item is put. */
  readonly bytesOf: (item: T) => number;
  /** Whether the results of `flush()` include the item. Default: all do. */
  readonly isCounted?: (item: T) => boolean;
  /** Items of different groups never share a request; each group has at most one batch in flight. */
  readonly groupOf?: (item: T) => unknown;
  /** Limits of the item's group, if they differ from those of the queue. */
  readonly limitsOf?: (item: T) => GroupLimits | undefined;
  readonly onStored?: (items: readonly T[]) => void;
  readonly onDrop: (items: readonly T[], reason: DropReason, cause?: unknown) => void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/**
 * Items on their way to a store, bounded in bytes: waiting → sending → stored, or refused, or waiting again after a
 * pause. A retry keeps the order only if the group's limits say so. The queue keeps the process alive only during
 * `flush()`.
 */
export class FlushQueue<T> {
  readonly #options: FlushQueueOptions<T>;
  readonly #now: () => number;
  readonly #onStored: (items: readonly T[]) => void;
  readonly #onDrop: FlushQueueOptions<T>["onDrop"];
  // Otherwise timers and requests would keep, and run in, the async context of the call that put an item first.
  readonly #detached = AsyncLocalStorage.snapshot();
  readonly #groups = new Map<unknown, Group<T>>();
  readonly #flushes = new Set<PendingFlush>();
  #aborter = newAborter();
  #size = 0;
  #bytes = 0;
  #putCount = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #onTimer = guard("sending", () => this.#sendDue());
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(options: FlushQueueOptions<T>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#onStored = guard("onStored", (items) => options.onStored?.(items));
    this.#onDrop = guard("onDrop", options.onDrop);
  }

  /** The number of items that are neither stored nor dropped, including those in flight. */
  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether an item of this size would be accepted. */
  hasRoom(bytes: number): boolean {
    // This form also refuses a size of NaN.
    return this.#bytes + bytes <= this.#options.limits.maxQueueBytes;
  }

  /** Whether the queue has such an item, waiting or in flight. */
  some(matches: (item: T) => boolean): boolean {
    return [...this.#groups.values()].some((group) => group.some(matches));
  }

  /** Adds an item. Never throws. The request is sent later, by a timer. */
  put(item: T): void {
    try {
      const bytes = this.#options.bytesOf(item);
      if (!this.hasRoom(bytes)) {
        this.drop([item], "queue_full");
        return;
      }
      const group = this.#group(item);
      this.#putCount += 1;
      const isCounted = this.#options.isCounted?.(item) ?? true;
      group.add({ item, bytes, isCounted, putAtMs: this.#now(), order: this.#putCount });
      this.#size += 1;
      this.#bytes += bytes;
      this.#wakeAt(group.dueAtMs(this.#flushes.size > 0));
    } catch (cause) {
      this.drop([item], "refused", cause);
    }
  }

  /**
   * Sends all items now, including those that pause after a failure. Resolves with the results for the items that were
   * put before the call: when all are settled, when the store rejects everything, or after `timeoutMs`. Unsettled items
   * stay queued. Never rejects. Keeps the process alive meanwhile.
   */
  flush(timeoutMs: number): Promise<FlushCounts> {
    if (this.#size === 0) return Promise.resolve(NOTHING_SETTLED);
    return this.#detached(
      () =>
        new Promise((resolve) => {
          const flush = new PendingFlush(this.#size, this.#putCount, this.#now(), (counts) => {
            clearTimeout(timer);
            this.#flushes.delete(flush);
            resolve(counts);
          });
          const timer = setTimeout(() => flush.finish(), Math.min(timeoutMs, MAX_TIMER_MS));
          this.#flushes.add(flush);
          for (const group of this.#groups.values()) group.resume();
          this.#sendDue();
        }),
    );
  }

  /**
   * Empties the queue for a last synchronous write, including the batches in flight, which are aborted. The caller
   * counts the items.
   */
  takeAll(): T[] {
    this.#aborter.abort();
    this.#aborter = newAborter();
    const entries = [...this.#groups.values()].flatMap((group) => group.takeAll());
    this.#groups.clear();
    this.#leave(entries);
    this.#finishFlushes();
    return entries.map((entry) => entry.item);
  }

  /** The only place where items are dropped. A spool on disk would store them here instead. */
  drop(items: readonly T[], reason: DropReason, cause?: unknown): void {
    if (items.length > 0) this.#onDrop(items, reason, cause);
  }

  #group(item: T): Group<T> {
    const key = this.#options.groupOf?.(item);
    let group = this.#groups.get(key);
    if (!group) {
      group = new Group(this.#options.limitsOf?.(item) ?? this.#options.limits);
      this.#groups.set(key, group);
    }
    return group;
  }

  #wakeAt(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    const delayMs = Math.min(Math.max(0, dueMs - this.#now()), MAX_TIMER_MS);
    this.#detached(() => {
      this.#timer = setTimeout(this.#onTimer, delayMs).unref();
    });
  }

  #sendDue(): void {
    clearTimeout(this.#timer);
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#now();
    for (const [key, group] of this.#groups) {
      if (group.dueAtMs(this.#flushes.size > 0) > nowMs) continue;
      this.#sendBatch(key, group).catch((cause) => debug("sending failed: %o", cause));
    }
    this.#wakeForNext();
  }

  #wakeForNext(): void {
    for (const group of this.#groups.values()) this.#wakeAt(group.dueAtMs(this.#flushes.size > 0));
  }

  async #sendBatch(key: unknown, group: Group<T>): Promise<void> {
    const { signal } = this.#aborter;
    const startedAtMs = this.#now();
    const items = group.take();
    const verdicts = await this.#send(items, signal);
    // takeAll() has returned this batch.
    if (signal.aborted) return;
    const random = this.#options.random ?? Math.random;
    for (const settled of group.finish(verdicts, startedAtMs, this.#now(), random)) {
      this.#settle(settled);
    }
    if (group.isEmpty) this.#groups.delete(key);
    this.#finishFlushes();
    this.#wakeForNext();
  }

  async #send(items: readonly T[], signal: AbortSignal): Promise<readonly Verdict[]> {
    try {
      return await this.#options.send(items, signal);
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
      return items.map(() => ({ state: "retry", cause }));
    }
  }

  #settle({ entries, reason, cause }: Settled<T>): void {
    this.#leave(entries, reason ? "dropped" : "sent");
    const items = entries.map((entry) => entry.item);
    if (reason) this.drop(items, reason, cause);
    else if (items.length > 0) this.#onStored(items);
  }

  #leave(entries: readonly Entry<T>[], outcome?: "dropped" | "sent"): void {
    for (const entry of entries) {
      this.#size -= 1;
      this.#bytes -= entry.bytes;
      for (const flush of this.#flushes) flush.settle(entry, outcome);
    }
  }

  #finishFlushes(): void {
    const groups = [...this.#groups.values()];
    for (const flush of this.#flushes) {
      const useless = groups.every((group) => group.isBlockedSince(flush.startedAtMs));
      if (flush.complete || useless) flush.finish();
    }
  }
}

/** Each request listens to the signal: by default Node warns of a leak from the eleventh listener on. */
function newAborter(): AbortController {
  const aborter = new AbortController();
  setMaxListeners(0, aborter.signal);
  return aborter;
}
