import type { Verdict } from "../store/store.js";
import type { Delay } from "./delay.js";
import type { GroupLimits } from "./group.js";

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
  /** The process ended, and the store had not accepted it within the time that the end of the process waits. */
  | "exit_timeout"
  /** The process ended after the last attempt had failed. */
  | "send_failed"
  /** The process ended without time to send it. */
  | "process_exit"
  /** It was on disk, and was removed: more than `maxSpoolBytes`, or older than `maxSpoolAgeMs`. */
  | "spool_full"
  | "spool_expired";

export interface QueueLimits extends GroupLimits {
  /** Maximum number of bytes in the queue, including those in flight. */
  readonly maxQueueBytes: number;
}

export interface FlushQueueOptions<T> {
  /** Read at each use, since options can change. */
  readonly limits: QueueLimits;
  /** Resolves with one verdict per item, in their order. A rejection counts as `retry` for all of them. */
  readonly send: (items: readonly T[], signal: AbortSignal) => Promise<readonly Verdict[]>;
  /** The memory that the item takes. Called once, when the item is put. */
  readonly bytesOf: (item: T) => number;
  /** The estimated size of the item in a request. Default: `bytesOf`. */
  readonly sentBytesOf?: (item: T) => number;
  /** Whether the results of `flush()` include the item. Default: all do. */
  readonly isCounted?: (item: T) => boolean;
  /** Whether the item is on disk too. Default: no item is. */
  readonly isSaved?: (item: T) => boolean;
  /** Items of different groups never share a request; each group has at most one batch in flight. */
  readonly groupOf?: (item: T) => unknown;
  /** Limits of the item's group, if they differ from those of the queue. */
  readonly limitsOf?: (item: T) => GroupLimits | undefined;
  readonly onStored?: (items: readonly T[]) => void;
  /**
   * Called before items are dropped, and for items that wait in vain or exceed the high mark. Returns those that are kept
   * elsewhere instead.
   */
  readonly keep?: (items: readonly T[], reason: DropReason, cause?: unknown) => ReadonlySet<T>;
  readonly onDrop: (items: readonly T[], reason: DropReason, cause?: unknown) => void;
  /** Saves items that are not sent in time. They stay in the queue. */
  readonly onDelay?: Delay<T>;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}
