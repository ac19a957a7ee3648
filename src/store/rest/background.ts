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
 * @param onShed receives the number of dropped items.
 */
export function createBackground<T>(options: {
  work: (item: T) => Promise<boolean>;
  isIdle: () => boolean;
  onShed: (count: number) => void;
  maxPending: number;
  maxRunning: number;
}): Background<T> {
  const { work, isIdle, onShed, maxPending, maxRunning } = options;
  const pending: T[] = [];
  const drained: (() => void)[] = [];
  let running = 0;

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
      if (pending.length < maxPending) pending.push(item);
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
