import { untilAborted } from "../base/until-aborted.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";

/** How long requests of this package may continue when the evaluation is aborted. */
export const STORE_GRACE_MS = 5_000;

/**
 * Waits for work of this package, and keeps the process alive meanwhile. Code of the app does not keep it alive: a process
 * must end although a model never answers. Rejects with the reason of the signal if the work goes on for long
 * after an abort.
 */
export function ownWork<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return hold(untilAborted(work, signal, STORE_GRACE_MS), MAX_TIMER_MS);
}

/** Rows that come from a store or a file, not from code of the app. */
export async function* ownRows<T>(rows: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = rows[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await ownWork(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Waits for nothing: after an abort, a request may be pending.
    iterator.return?.().catch(() => {});
  }
}
