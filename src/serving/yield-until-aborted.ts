import { untilAborted } from "../base/until-aborted.js";

/** How long a stream may go on after an abort, which it may ignore. LangChain's streams end at once. */
const GRACE_MS = 1_000;

/**
 * Yields what a stream yields. If the signal aborts and the stream does not end within one second, returns the stream without
 * waiting for it, and throws the reason of the signal.
 */
export async function* yieldUntilAborted<T>(
  stream: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await untilAborted(iterator.next(), signal, GRACE_MS);
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
