import type { DropReason } from "./queue-options.js";

/** Numbers of items. Each item is counted once. */
export interface DeliveryCounts {
  /** In memory only, and sent later. */
  readonly pending: number;
  /** Stored. */
  readonly sent: number;
  /** On disk, and not stored yet. This process or another one sends them. */
  readonly spooled: number;
  /** Lost. `losses` has the reasons. */
  readonly dropped: number;
}

/** Items that were dropped for one reason. */
export interface Dropped {
  readonly count: number;
  /** The error of the last one. */
  readonly cause: string | undefined;
}

const NONE = { pending: 0, saved: 0 };
/** More would need too much memory. */
const MAX_ON_DISK = 100_000;

/** Counts the items of one kind, by where they are. Items that another process has recorded do not count. */
export class Account {
  /** The keys of the items that are on disk only, to find them again when they are sent from there. */
  readonly #onDisk = new Set<string>();
  #sent = 0;
  #spooled = 0;
  readonly #dropped = new Map<DropReason, Dropped>();

  noteSent(): void {
    this.#sent += 1;
  }

  noteSpooled(key: string): void {
    this.#spooled += 1;
    if (this.#onDisk.size < MAX_ON_DISK) this.#onDisk.add(key);
  }

  /** The item was removed from disk because of a limit. Has no effect if it is not there any more. */
  noteEvicted(key: string, reason: DropReason): void {
    if (!this.#onDisk.delete(key)) return;
    this.#spooled -= 1;
    this.noteDropped(reason);
  }

  noteDropped(reason: DropReason, cause?: unknown): void {
    const earlier = this.#dropped.get(reason);
    const why = cause instanceof Error ? cause.message : earlier?.cause;
    this.#dropped.set(reason, { count: (earlier?.count ?? 0) + 1, cause: why });
  }

  get dropped(): ReadonlyMap<DropReason, Dropped> {
    return this.#dropped;
  }

  /** Whether this process has written the item to disk. */
  isOnDisk(key: string): boolean {
    return this.#onDisk.has(key);
  }

  /** An item from the disk is in memory again. Returns whether this process has written it. */
  takeFromDisk(key: string): boolean {
    if (!this.#onDisk.delete(key)) return false;
    this.#spooled -= 1;
    return true;
  }

  /** @param queued the items in the queue: those that are in memory only, and those that are on disk too. */
  counts(queued: { readonly pending: number; readonly saved: number } = NONE): DeliveryCounts {
    const dropped = [...this.#dropped.values()].reduce((sum, { count }) => sum + count, 0);
    const spooled = this.#spooled + queued.saved;
    return { pending: queued.pending, sent: this.#sent, spooled, dropped };
  }
}
