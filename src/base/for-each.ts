/**
 * Calls `work` for each item, with at most `limit` calls at a time. After a failure it starts no more calls, waits for
 * the calls that are running, and rejects with the first failure.
 */
export async function forEach<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    if (failures.length > 0) break;
    const task: Promise<void> = work(item).then(
      () => void running.delete(task),
      (cause) => {
        failures.push(cause);
        running.delete(task);
      },
    );
    running.add(task);
    if (running.size >= limit) await Promise.race(running);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
