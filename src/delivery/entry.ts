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
  /** Whether `takeDelayed()` has returned it. */
  isSaved?: boolean;
}

export function itemsOf<T>(entries: readonly Entry<T>[]): T[] {
  return entries.map(({ item }) => item);
}
