import { hold } from "../export/hold.js";
import { warnOnce } from "../log.js";

/** How long a process is kept alive for what somebody waits for. */
const ANSWER_TIMEOUT_MS = 120_000;

/** A promise that knows whether somebody waits for it: `await` calls the `then` of a class that is not Promise itself. */
class Awaitable<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  isAwaited = false;

  // biome-ignore lint/suspicious/noThenProperty: it is a promise
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (!this.isAwaited) {
      this.isAwaited = true;
      hold(
        super.then(undefined, () => {}),
        ANSWER_TIMEOUT_MS,
      );
    }
    return super.then(onFulfilled, onRejected);
  }

  /** As `then`, but it does not count. */
  watch(onRejected: (reason: unknown) => void): void {
    void super.then(undefined, onRejected);
  }
}

/**
 * What `work` comes to. It need not be awaited: then it keeps no process alive, and its failure is no
 * unhandled rejection, but told once.
 */
export function told<T>(work: () => T | PromiseLike<T>): Promise<T> {
  const done = new Awaitable<T>((resolve) => resolve(work()));
  done.watch((cause) => {
    // Who awaits what failed at once comes a moment later.
    setImmediate(() => {
      if (!done.isAwaited) tell(cause);
    });
  });
  return done;
}

/** One line on stderr for a failure that nobody else hears of. */
export function tell(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause);
  warnOnce(`run data ${message}`, `not logged: ${message.replace(/\s*\n\s*/g, " ")}`);
}
