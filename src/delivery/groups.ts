import type { Unsettled } from "./flush.js";
import { type Failure, Group, type GroupLimits } from "./group.js";

export interface GroupsOptions<T> {
  readonly limits: GroupLimits;
  readonly groupOf?: (item: T) => unknown;
  readonly limitsOf?: (item: T) => GroupLimits | undefined;
  readonly isSaved?: (item: T) => boolean;
}

/** The groups of a queue, by destination. */
export class Groups<T> {
  readonly #options: GroupsOptions<T>;
  readonly #groups = new Map<unknown, Group<T>>();
  /** Those of groups that are removed. */
  readonly #failures = new Map<unknown, Failure>();

  constructor(options: GroupsOptions<T>) {
    this.#options = options;
  }

  /** The group of an item. The first call creates it. */
  of(item: T): Group<T> {
    const key = this.#options.groupOf?.(item);
    let group = this.#groups.get(key);
    if (!group) {
      group = new Group(this.#options.limitsOf?.(item) ?? this.#options.limits);
      this.#groups.set(key, group);
      this.#failures.delete(key);
    }
    return group;
  }

  *items(): Iterable<T> {
    for (const group of this.all()) for (const { item } of group.entries()) yield item;
  }

  all(): Iterable<Group<T>> {
    return this.#groups.values();
  }

  /** Removes the groups that hold nothing. One that pauses after a failure stays, so that the next item waits too. */
  removeEmpty(nowMs: number): void {
    for (const [key, group] of this.#groups) {
      if (group.isEmpty && !group.isPausing(nowMs)) this.#groups.delete(key);
    }
  }

  /** Removes all groups. Their failures remain known. */
  clear(): void {
    for (const [key, { lastFailure }] of this.#groups) {
      if (lastFailure) this.#failures.set(key, lastFailure);
    }
    this.#groups.clear();
  }

  /** Why the last request of the item's group stored nothing. */
  failureOf(item: T): Failure | undefined {
    const key = this.#options.groupOf?.(item);
    const group = this.#groups.get(key);
    return group ? group.lastFailure : this.#failures.get(key);
  }

  /** The items up to this order that the results of a flush include, and why they are not stored. */
  unsettled(lastOrder: number, nowMs: number): Unsettled {
    let [pending, saved] = [0, 0];
    let failure: string | undefined;
    let waitedMs = 0;
    for (const group of this.all()) {
      const left = [...group.entries()].filter((one) => one.isCounted && one.order <= lastOrder);
      const savedHere = left.filter(({ item }) => this.#options.isSaved?.(item)).length;
      saved += savedHere;
      pending += left.length - savedHere;
      failure ??= group.lastFailure?.cause.message;
      waitedMs = Math.max(waitedMs, group.waitedMs(nowMs));
    }
    return { pending, saved, cause: failure ?? (waitedMs > 0 ? noResponse(waitedMs) : undefined) };
  }

  /** Whether another request is useless, since each group was rejected as a whole since this time. */
  areBlockedSince(timeMs: number): boolean {
    return [...this.all()].every((group) => group.isEmpty || group.isBlockedSince(timeMs));
  }
}

function noResponse(waitedMs: number): string {
  const time = waitedMs < 1000 ? `${Math.round(waitedMs)} ms` : `${(waitedMs / 1000).toFixed(1)} s`;
  return `The store has not responded for ${time}.`;
}
