import { AsyncLocalStorage } from "node:async_hooks";
import { debug, guard } from "../base/log.js";
import type { Verdict } from "../store/store.js";
import { newAborter } from "./aborter.js";
import { DelayedItems } from "./delayed-items.js";
import { type FlushResult, NOTHING_SETTLED, type Outcome, PendingFlushes } from "./flush.js";
import { type Entry, type Group, itemsOf, type Settled } from "./group.js";
import { Groups } from "./groups.js";
import { Overflow } from "./overflow.js";
import type { DropReason, FlushQueueOptions } from "./queue-options.js";
import { hasRoomForWaiter, Room } from "./room.js";
import { WakeTimer } from "./wake-timer.js";

/** Items that are moved out of memory at a time: a few milliseconds of work. */
const STEP_ITEMS = 20;

/**
 * Items on their way to a store, bounded in bytes: waiting → sending → stored, or refused, or waiting again after a pause.
 * A retry keeps the order only if the group's limits say so. Only `flush()` keeps the process alive.
 */
export class FlushQueue<T> {
  readonly #options: FlushQueueOptions<T>;
  readonly #now: () => number;
  readonly #onStored: (items: readonly T[]) => void;
  readonly #onDrop: FlushQueueOptions<T>["onDrop"];
  readonly #keep: (
    ...lost: Parameters<FlushQueueOptions<T>["onDrop"]>
  ) => ReadonlySet<T> | undefined;
  // Otherwise requests would keep, and run in, the async context of the call that started a flush.
  readonly #detached = AsyncLocalStorage.snapshot();
  /** The items that are waiting or in flight. */
  readonly groups: Groups<T>;
  readonly #flushes = new PendingFlushes((lastOrder) =>
    this.groups.unsettled(lastOrder, this.#now()),
  );
  readonly #room = new Room((bytes) =>
    hasRoomForWaiter(bytes, this.#bytes, this.#options.limits.maxQueueBytes),
  );
  #aborter = newAborter();
  #size = 0;
  #bytes = 0;
  #putCount = 0;
  readonly #timer: WakeTimer;
  readonly #overflow: Overflow;
  readonly #delayed: DelayedItems<T>;

  constructor(options: FlushQueueOptions<T>) {
    this.#options = options;
    this.groups = new Groups(options);
    this.#now = options.now ?? (() => performance.now());
    const sendDue = guard("sending", () => this.#sendDue());
    this.#timer = new WakeTimer(sendDue, this.#now);
    this.#overflow = new Overflow(() => this.#moveOut(), this.#now);
    this.#delayed = new DelayedItems(this.groups, options, this.#now);
    this.#onStored = guard("onStored", (items) => options.onStored?.(items));
    this.#onDrop = guard("onDrop", options.onDrop);
    this.#keep = guard("keep", (...lost) => options.keep?.(...lost) ?? new Set<T>());
  }

  /** The number of items that are neither stored nor dropped, including those in flight. */
  get size(): number {
    return this.#size;
  }
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether an item of this size would be accepted. One of size NaN is not. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= this.#options.limits.maxQueueBytes;
  }

  /**
   * Calls `put` as soon as there is room for an item of this size: `put` puts it. Callers that wait leave most of the queue
   * to those that do not. Resolves after `put`. Never rejects. An item that never fits does not wait: `put` drops it.
   */
  putWhenRoom(bytes: number, put: () => void): Promise<void> {
    const done = this.#room.wait(bytes, put);
    // Batches that take the room are sent although they are not full.
    if (this.#room.isAwaited) this.#wakeForNext();
    return done;
  }

  /** Whether a caller waits, so that incomplete batches are sent. */
  get #isAwaited(): boolean {
    return this.#flushes.size > 0 || this.#room.isAwaited;
  }

  /** Adds an item. Never throws. The request is sent later, by a timer. */
  put(item: T): void {
    try {
      const bytes = this.#options.bytesOf(item);
      if (!this.hasRoom(bytes)) {
        if (!this.#keep([item], "queue_full")?.has(item)) this.drop([item], "queue_full");
        return;
      }
      const group = this.groups.of(item);
      this.#putCount += 1;
      const isCounted = this.#options.isCounted?.(item) ?? true;
      const sentBytes = this.#options.sentBytesOf?.(item) ?? bytes;
      group.add({ item, bytes, sentBytes, isCounted, putAtMs: this.#now(), order: this.#putCount });
      this.#size += 1;
      this.#bytes += bytes;
      if (this.#bytes > this.#options.limits.maxQueueBytes / 2) this.#overflow.start();
      this.#timer.wakeAt(group.dueAtMs(this.#isAwaited));
      this.#delayed.watch();
    } catch (cause) {
      this.drop([item], "refused", cause);
    }
  }

  /**
   * Sends all items now, including those that pause after a failure. Resolves with the results for the items that were
   * put before the call: when all are settled, when the store rejects everything, or after `timeoutMs`. Unsettled items
   * stay queued. Never rejects. Keeps the process alive meanwhile.
   */
  flush(timeoutMs: number): Promise<FlushResult> {
    if (this.#size === 0) return Promise.resolve(NOTHING_SETTLED);
    const init = { left: this.#size, lastOrder: this.#putCount, startedAtMs: this.#now() };
    const begin = () => {
      for (const group of this.groups.all()) group.resume();
      this.#sendDue();
    };
    return this.#detached(() => this.#flushes.start(init, timeoutMs, begin));
  }

  /**
   * Empties the queue for a last synchronous write, including the batches in flight, which are aborted, and the items
   * that wait for room. The caller counts the items.
   */
  takeAll(): T[] {
    this.#aborter.abort();
    this.#aborter = newAborter();
    const entries: Entry<T>[] = [];
    let taken: Entry<T>[];
    do {
      taken = [...this.groups.all()].flatMap((group) => group.takeAll());
      this.groups.clear();
      entries.push(...taken);
      // Items that waited for room are put when others leave.
      this.#leave(taken);
    } while (taken.length > 0);
    this.#finishFlushes();
    return itemsOf(entries);
  }

  /** The only place where items are dropped. */
  drop(items: readonly T[], reason: DropReason, cause?: unknown): void {
    if (items.length > 0) this.#onDrop(items, reason, cause);
  }

  #sendDue(): void {
    this.#timer.clear();
    const nowMs = this.#now();
    this.groups.removeEmpty(nowMs);
    for (const group of this.groups.all()) {
      if (group.dueAtMs(this.#isAwaited) > nowMs) continue;
      this.#sendBatch(group).catch((cause) => debug("sending failed: %o", cause));
    }
    this.#wakeForNext();
  }

  #wakeForNext(): void {
    for (const group of this.groups.all()) this.#timer.wakeAt(group.dueAtMs(this.#isAwaited));
  }

  async #sendBatch(group: Group<T>): Promise<void> {
    const { signal } = this.#aborter;
    const verdicts = await this.#send(group.take(this.#now()), signal);
    // takeAll() has returned this batch.
    if (signal.aborted) return;
    const random = this.#options.random ?? Math.random;
    for (const settled of group.finish(verdicts, this.#now(), random)) {
      this.#settle(settled);
    }
    this.groups.removeEmpty(this.#now());
    if (group.lastFailure?.state === "blocked") this.#overflow.start();
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
    if (entries.length === 0) return;
    const items = itemsOf(entries);
    if (!reason) {
      this.#leave(entries, "sent");
      this.#onStored(items);
      return;
    }
    const dropped = this.#keepElsewhere(entries, reason, cause);
    this.#leave(dropped, "dropped");
    this.drop(itemsOf(dropped), reason, cause);
  }

  /** Returns the entries that are not kept elsewhere. */
  #keepElsewhere(
    entries: readonly Entry<T>[],
    reason: DropReason,
    cause?: unknown,
  ): readonly Entry<T>[] {
    const kept = this.#keep(itemsOf(entries), reason, cause) ?? new Set();
    const isKept = ({ item }: Entry<T>) => kept.has(item);
    this.#leave(entries.filter(isKept), "spooled", cause);
    return entries.filter((entry) => !isKept(entry));
  }

  /** A step beyond the high mark, or for a group that waits in vain. Returns whether it has moved items. */
  #moveOut(): boolean {
    const isFull = this.#bytes > this.#options.limits.maxQueueBytes / 4;
    for (const group of this.groups.all()) {
      const { lastFailure } = group;
      const isBlocked = lastFailure?.state === "blocked";
      if (!isFull && !isBlocked) continue;
      const entries = group.takeWaiting(STEP_ITEMS);
      const reason = isBlocked ? "blocked" : "queue_full";
      const left = this.#keepElsewhere(entries, reason, lastFailure?.cause);
      group.putBack(left);
      if (left.length < entries.length) return true;
    }
    return false;
  }

  #leave(entries: readonly Entry<T>[], outcome?: Outcome, cause?: unknown): void {
    const why = cause instanceof Error ? cause.message : undefined;
    for (const entry of entries) {
      this.#size -= 1;
      this.#bytes -= entry.bytes;
      this.#flushes.settle(entry, outcome, why);
    }
    this.#room.admit();
  }

  #finishFlushes(): void {
    this.#flushes.finish((startedAtMs) => this.groups.areBlockedSince(startedAtMs));
  }
}
