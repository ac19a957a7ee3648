import { setImmediate } from "node:timers";
import { type Failed, reportFailure } from "./report-failure.js";

/** A promise that knows whether the app awaits it, or handles it in another way. */
class ObservedPromise<T> extends Promise<T> {
  isHandled = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await`, `catch()`, `finally()` and `Promise.all()` call it.
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isHandled = true;
    return super.then(onFulfilled, onRejected);
  }
}

/**
 * Returns a promise with the same outcome, for an app that need not await it. A rejection is logged to stderr only if the
 * app does not handle the promise: it then must not end the process, and must not stay silent.
 */
export function reportIfIgnored<T>(work: Promise<T>, failed?: Failed): Promise<T> {
  const result = new ObservedPromise<T>((resolve, reject) => void work.then(resolve, reject));
  const report = (cause: unknown) => {
    // The app handles a promise in the turn in which it receives it, or it is not known when.
    setImmediate(() => {
      if (!result.isHandled) reportFailure(cause, failed);
    });
  };
  void Promise.prototype.then.call(result, undefined, report);
  return result;
}
