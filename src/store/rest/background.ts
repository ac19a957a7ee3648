/** Work that nobody waits for: done when there is time, shed and counted when there is not. */
export interface Background<T> {
  add(item: T): void;
  /** Starts what waits, if the time has come. */
  wake(): void;
  /** What waits and what runs. */
  readonly size: number;
  /** Resolves when nothing waits and nothing runs. */
  drain(): Promise<void>;
  /** Sheds what waits. */
  close(): void;
}

/**
 * @param work must not reject; `false` counts as shed.
 * @param isIdle whether now is the time; asked before each piece of work, and again at each `wake`.
 */
export function createBackground<T>(options: {
  work: (item: T) => Promise<boolean>;
  isIdle: () => boolean;
  onShed: (count: number) => void;
  maxPending: number;
  maxRunning: number;
}): Background<T> {
  const { work, isIdle, onShed, maxPending, maxRunning } = options;
  const waiting: T[] = [];
  const drained: (() => void)[] = [];
  let running = 0;

  function wake(): void {
    while (running < maxRunning && waiting.length > 0 && isIdle()) {
      running++;
      void work(waiting.shift()!).then(settle, () => settle(false));
    }
    if (running > 0 || waiting.length > 0) return;
    for (const resolve of drained.splice(0)) resolve();
  }

  function settle(done: boolean): void {
    running--;
    if (!done) onShed(1);
    wake();
  }

  return {
    add(item) {
      if (waiting.length < maxPending) waiting.push(item);
      else onShed(1);
    },
    wake,
    get size() {
      return waiting.length + running;
    },
    drain() {
      return new Promise((resolve) => {
        drained.push(resolve);
        wake();
      });
    },
    close() {
      const shed = waiting.splice(0).length;
      if (shed > 0) onShed(shed);
      wake();
    },
  };
}
