/**
 * Waits for `work`. If the signal aborts, waits for `graceMs` more, and then rejects with the reason of the signal. The work
 * itself may ignore the signal.
 */
export function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), graceMs);
    };
    const release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    work.finally(release).then(resolve, reject);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Yields what a stream yields. If the signal aborts and the stream does not end within `graceMs`, returns the stream without
 * waiting for it, and throws the reason of the signal.
 */
export async function* yieldUntilAborted<T>(
  stream: AsyncIterable<T>,
  signal: AbortSignal,
  graceMs: number,
): AsyncGenerator<T, void, undefined> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await untilAborted(iterator.next(), signal, graceMs);
      if (result.done) return;
      signal.throwIfAborted();
      yield result.value;
    }
  } finally {
    const returned = Promise.resolve(iterator.return?.());
    // A generator that waits for something else than the signal returns later, or never.
    if (signal.aborted) returned.catch(() => {});
    else await returned;
  }
}
