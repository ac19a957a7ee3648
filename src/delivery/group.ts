import { retryDelayMs } from "../store/retry.js";
import type { Verdict } from "../store/store.js";
import type { Delay } from "./delay.js";

/** An item of the queue. */
export interface Entry<T> {
  readonly item: T;
  /** In memory. */
  readonly bytes: number;
  /** In a request. */
  readonly sentBytes: number;
  /** Whether the results of a flush include it. */
  readonly isCounted: boolean;
  readonly putAtMs: number;
  /** Increases with every put. */
  readonly order: number;
  /** When the first attempt to send it had failed. */
  failedAtMs?: number;
}

export function itemsOf<T>(entries: readonly Entry<T>[]): T[] {
  return entries.map(({ item }) => item);
}

export interface GroupLimits {
  /** Maximum number of items in one request. */
  readonly maxBatchItems: number;
  /** Maximum number of bytes in one request; a larger item is sent alone. */
  readonly maxBatchBytes: number;
  /** Longest time an item waits for others to fill its batch. */
  readonly flushIntervalMs: number;
  /** Longest time an item is kept while sending fails; 0: it is tried once. */
  readonly retryTimeoutMs: number;
  /** Items that are retried are sent before later items. */
  readonly keepsOrder?: boolean;
}

/** Entries that leave the group: stored, or dropped for a reason. */
export interface Settled<T> {
  readonly entries: readonly Entry<T>[];
  readonly reason?: "refused" | "retry_timeout" | "blocked";
  readonly cause?: Error;
}

/** Why a request stored nothing. `blocked`: waiting does not help. */
export type Failure = Extract<Verdict, { state: "retry" | "blocked" }>;

/** A healthy server responds earlier. */
const SLOW_MS = 300;
/** Another request is useless until the user has changed something. */
const MIN_BLOCKED_MS = 15_000;

/** The items of one destination: the waiting ones and at most one batch in flight. */
export class Group<T> {
  readonly #limits: GroupLimits;
  #waiting: Entry<T>[] = [];
  #waitingBytes = 0;
  #sending: readonly Entry<T>[] = [];
  #batchLimit: number;
  #failures = 0;
  #failingSinceMs: number | undefined;
  #blockedAtMs: number | undefined;
  #lastFailure: Failure | undefined;
  #pausedUntilMs = 0;
  #takenAtMs = 0;
  /** The order of the last item that `takeDelayed()` has returned. */
  #delayedOrder = 0;

  constructor(limits: GroupLimits) {
    this.#limits = limits;
    this.#batchLimit = limits.maxBatchItems;
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#sending.length === 0;
  }

  add(entry: Entry<T>): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.sentBytes;
  }

  /** When the next batch may start. `isFlushing`: a caller waits, so an incomplete batch is sent. */
  dueAtMs(isFlushing: boolean): number {
    const [oldest] = this.#waiting;
    if (!oldest || this.#sending.length > 0) return Number.POSITIVE_INFINITY;
    const ready = isFlushing || this.#isFull ? 0 : oldest.putAtMs + this.#limits.flushIntervalMs;
    return Math.max(ready, this.#pausedUntilMs);
  }

  get #isFull(): boolean {
    const { maxBatchItems, maxBatchBytes } = this.#limits;
    return this.#waiting.length >= maxBatchItems || this.#waitingBytes >= maxBatchBytes;
  }

  /** Why the last request failed. Undefined if it stored something. */
  get lastFailure(): Failure | undefined {
    return this.#lastFailure;
  }

  isPausing(nowMs: number): boolean {
    return this.#pausedUntilMs > nowMs;
  }

  /** Ends the pause after a failure. */
  resume(): void {
    this.#pausedUntilMs = 0;
  }

  /** Whether a request that ended since `timeMs` was rejected as a whole: another one is useless for now. */
  isBlockedSince(timeMs: number): boolean {
    return this.#sending.length === 0 && (this.#blockedAtMs ?? -1) >= timeMs;
  }

  /** Takes the next batch, which is then in flight. */
  take(nowMs: number): readonly T[] {
    this.#takenAtMs = nowMs;
    let bytes = 0;
    let count = 0;
    for (const entry of this.#waiting) {
      bytes += entry.sentBytes;
      if (count > 0 && bytes > this.#limits.maxBatchBytes) break;
      this.#waitingBytes -= entry.sentBytes;
      count += 1;
      if (count >= this.#batchLimit) break;
    }
    this.#sending = this.#waiting.splice(0, count);
    return this.#sending.map((entry) => entry.item);
  }

  /** Applies the verdicts to the batch in flight. Returns the entries that are done; the others wait again. */
  finish(verdicts: readonly Verdict[], nowMs: number, random: () => number): Settled<T>[] {
    const batch = this.#sending;
    const stored: Entry<T>[] = [];
    const settled: Settled<T>[] = [{ entries: stored }];
    const failures: Failure[] = [];
    const again: Entry<T>[] = [];
    this.#sending = [];
    for (const [index, entry] of batch.entries()) {
      const verdict = verdicts[index] ?? NO_VERDICT;
      if (verdict.state === "stored") stored.push(entry);
      else if (verdict.state === "refused")
        settled.push({ entries: [entry], reason: "refused", cause: verdict.cause });
      else {
        failures.push(verdict);
        entry.failedAtMs ??= nowMs;
        again.push(entry);
      }
    }
    this.putBack(again);
    if (failures.length < batch.length) this.#progress();
    else this.#stall(batch.length, nowMs);
    if (failures.length > 0) settled.push(this.#pause(failures, nowMs, random));
    return settled;
  }

  /** Puts back entries that wait again. */
  putBack(entries: readonly Entry<T>[]): void {
    for (const entry of entries) this.#waitingBytes += entry.sentBytes;
    if (this.#limits.keepsOrder) this.#waiting.unshift(...entries);
    // To the back: one item that never succeeds must not delay the others.
    else this.#waiting.push(...entries);
  }

  #progress(): void {
    this.#failures = 0;
    this.#failingSinceMs = undefined;
    this.#blockedAtMs = undefined;
    this.#lastFailure = undefined;
    this.#batchLimit = Math.min(this.#batchLimit * 2, this.#limits.maxBatchItems);
  }

  // Halves the next batch: this isolates an item that makes the others fail, and costs little if the server is down.
  // The time starts when the attempt has failed, so that a request without a response is never the only attempt.
  #stall(batchSize: number, nowMs: number): void {
    this.#failingSinceMs ??= nowMs;
    this.#batchLimit = Math.ceil(batchSize / 2);
  }

  #pause(failures: readonly Failure[], nowMs: number, random: () => number): Settled<T> {
    const blocked = failures.find(({ state }) => state === "blocked");
    const delays = failures.map(
      (failure) => (failure.state === "retry" ? failure.afterMs : 0) ?? 0,
    );
    const afterMs = Math.min(Math.max(...delays), this.#limits.retryTimeoutMs);
    this.#failures += 1;
    this.#lastFailure = blocked ?? failures[0];
    this.#blockedAtMs = blocked && nowMs;
    const delayMs = retryDelayMs(this.#failures, random, afterMs);
    this.#pausedUntilMs = nowMs + (blocked ? Math.max(delayMs, MIN_BLOCKED_MS) : delayMs);
    return this.#expire(blocked ?? (failures[0] as Failure), nowMs);
  }

  /** Runs only after a failed request: an item is dropped only if its delivery has just failed. */
  #expire({ state, cause }: Failure, nowMs: number): Settled<T> {
    const failingSinceMs = this.#failingSinceMs ?? nowMs;
    const failedSinceMs = ({ failedAtMs, putAtMs }: Entry<T>) =>
      Math.min(failedAtMs ?? nowMs, Math.max(putAtMs, failingSinceMs));
    const isOver = (entry: Entry<T>) => nowMs - failedSinceMs(entry) >= this.#limits.retryTimeoutMs;
    const over = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((entry) => !isOver(entry));
    for (const entry of over) this.#waitingBytes -= entry.sentBytes;
    const reason = state === "blocked" ? "blocked" : "retry_timeout";
    return { entries: over, reason, cause };
  }

  /** Removes at most so many of the oldest waiting entries. A group that keeps its order has none to remove. */
  takeWaiting(maxItems: number): readonly Entry<T>[] {
    const taken = this.#waiting.splice(0, this.#limits.keepsOrder ? 0 : maxItems);
    for (const entry of taken) this.#waitingBytes -= entry.sentBytes;
    return taken;
  }

  /** Returns at most so many late items, each once, from the oldest to the newest. They stay in the group. */
  takeDelayed(nowMs: number, { afterMs }: Delay<T>, maxItems: number): readonly T[] {
    const lateMs = afterMs();
    const isStuck = this.waitedMs(nowMs) >= SLOW_MS;
    if (!(this.#lastFailure || isStuck)) return [];
    const isLate = ({ order, putAtMs }: Entry<T>) =>
      order > this.#delayedOrder && nowMs - putAtMs >= lateMs;
    const late = [...this.#sending, ...this.#waiting].filter(isLate);
    late.sort((one, other) => one.order - other.order).splice(maxItems);
    this.#delayedOrder = late.at(-1)?.order ?? this.#delayedOrder;
    return itemsOf(late);
  }

  /** For how long the request in flight has no response. 0 without a request. */
  waitedMs(nowMs: number): number {
    return this.#sending.length > 0 ? nowMs - this.#takenAtMs : 0;
  }

  *entries(): Iterable<Entry<T>> {
    yield* this.#sending;
    yield* this.#waiting;
  }

  /** Empties the group, including the batch in flight. */
  takeAll(): Entry<T>[] {
    const all = [...this.#sending, ...this.#waiting];
    this.#sending = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    return all;
  }
}

const NO_VERDICT: Verdict = {
  state: "retry",
  cause: new Error("The store returned no result for this item."),
};
