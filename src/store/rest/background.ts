/** Optional work. It runs when there is time; otherwise it is dropped and counted. */
export interface Background<T> {
  add(item: T): void;
  /** Starts pending work, if `isIdle` allows it. */
  wake(): void;
  /** The number of pending and running items. */
  readonly size: number;
  /** Resolves when no item is pending or running. */
  drain(): Promise<void>;
  /** Drops pending items. */
  close(): void;
}

/**
 * @param work resolves with `false` if it failed. The item then counts as dropped.
 * @param isIdle whether work may start now. Called before each item, and again at each `wake`.
 * @param maxPerSecond limits added items when they come for longer than a burst of `maxPending` items.
 * @param onShed receives the number of dropped items.
 */
export function createBackground<T>(options: {
  work: (item: T) => Promise<boolean>;
  isIdle: () => boolean;
  onShed: (count: number) => void;
  maxPending: number;
  maxRunning: number;
  maxPerSecond: number;
  now?: () => number;
}): Background<T> {
  const { work, isIdle, onShed, maxPending, maxRunning, maxPerSecond } = options;
  const now = options.now ?? (() => performance.now());
  const pending: T[] = [];
  const drained: (() => void)[] = [];
  let running = 0;
  /** How many items may still be added at once. */
  let allowed = maxPending;
  let allowedAtMs = now();

  /** After a burst of `maxPending` items, no more than `maxPerSecond` are worth a request each. */
  function isAllowed(): boolean {
    const atMs = now();
    allowed = Math.min(maxPending, allowed + ((atMs - allowedAtMs) / 1000) * maxPerSecond);
    allowedAtMs = atMs;
    if (allowed < 1) return false;
    allowed -= 1;
    return true;
  }

  function wake(): void {
    while (running < maxRunning && pending.length > 0 && isIdle()) {
      running++;
      void work(pending.shift()!).then(settle, () => settle(false));
    }
    if (running > 0 || pending.length > 0) return;
    for (const resolve of drained.splice(0)) resolve();
  }

  function settle(done: boolean): void {
    running--;
    if (!done) onShed(1);
    wake();
  }

  return {
    add(item) {
      if (pending.length < maxPending && isAllowed()) pending.push(item);
      else onShed(1);
    },
    wake,
    get size() {
      return pending.length + running;
    },
    drain() {
      return new Promise((resolve) => {
        drained.push(resolve);
        wake();
      });
    },
    close() {
      const shed = pending.splice(0).length;
      if (shed > 0) onShed(shed);
      wake();
    },
  };
}
