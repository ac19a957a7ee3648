import { AsyncLocalStorage } from "node:async_hooks";
import { holdUntil } from "./hold.js";

/** What a signal, or the natural end of the process, has to complete. */
export interface EndHooks {
  /**
   * Stops work that a signal ends. Resolves when its results are among what is to be delivered. Undefined: there is no such
   * work.
   */
  stopWork(): Promise<unknown> | undefined;
  /**
   * Ends traces and runs that are still open. `isIdle`: no work is left in the process, so it ends by itself.
   */
  settle(isIdle: boolean): void;
  /** The number of undelivered items. If 0, the end of the process is not delayed. */
  pending(): number;
  /** Delivers what it can within the time. */
  flush(timeoutMs: number): Promise<unknown>;
  /** Synchronously writes what is left to a place where it is not lost. Returns how many items are lost. */
  spill(): number;
  /** Longest time in milliseconds that the end of the process may be delayed. */
  exitTimeoutMs(): number;
}

/** How long a listener may remain after everything is delivered. */
const CHECK_MS = 200;

export interface SignalWatch {
  /** Listens from the next turn of the event loop on, until nothing is undelivered. */
  watch(): void;
  stop(): void;
}

/**
 * Delivers when one of the signals arrives. If the app has no listener for the signal, it is raised again afterwards
 * and ends the process; a second signal does so at once. If the app has a listener, the app decides when the process
 * ends, and the delivery only runs in the background.
 *
 * A process that listens for a signal does not end by it while its event loop is blocked. So it listens only while something
 * is undelivered, and not before the app returns to the event loop.
 */
export function watchSignals(signals: readonly NodeJS.Signals[], hooks: EndHooks): SignalWatch {
  let isEnding = false;
  let isWatching = false;
  let isPlanned = false;
  // Otherwise a timer would keep the async context of the call that is recorded first.
  const detached = AsyncLocalStorage.snapshot();
  const listen = (signal: NodeJS.Signals) => {
    if (!isWatching || process.listeners(signal).includes(onSignal)) return;
    process.prependListener(signal, onSignal);
  };
  const raiseAgain = (signal: NodeJS.Signals) => {
    hooks.spill();
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
    // The process goes on if the app listens by now, or if it is process 1 of a container, which no signal ends.
    isEnding = false;
    setImmediate(listen, signal).unref();
  };
  const deliver = async (stopped: Promise<unknown> | undefined) => {
    const startedAtMs = performance.now();
    const limitMs = hooks.exitTimeoutMs();
    const leftMs = () => hooks.exitTimeoutMs() - (performance.now() - startedAtMs);
    // The other half of the time is for the delivery.
    if (stopped) await holdUntil(stopped, leftMs() / 2);
    hooks.settle(false);
    const timeoutMs = leftMs();
    await holdUntil(hooks.flush(timeoutMs), timeoutMs);
    // The limit depends on what is left.
    const moreMs = leftMs();
    const isLonger = hooks.exitTimeoutMs() > limitMs;
    if (isLonger && hooks.pending() > 0 && moreMs > 0) {
      await holdUntil(hooks.flush(moreMs), moreMs);
    }
  };
  const onSignal = (signal: NodeJS.Signals) => {
    const timeoutMs = hooks.exitTimeoutMs();
    if (process.listenerCount(signal) > 1) {
      stepAside(signal, onSignal, listen);
      void hooks.flush(timeoutMs);
    } else if (isEnding || timeoutMs <= 0 || hooks.pending() === 0) {
      raiseAgain(signal);
    } else {
      isEnding = true;
      void deliver(hooks.stopWork()).then(() => raiseAgain(signal));
    }
  };
  const stop = () => {
    isWatching = false;
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  const stopIfDelivered = () => {
    if (!isWatching) return;
    if (hooks.pending() === 0 && !isEnding) stop();
    else stopLater();
  };
  // Node.js drops a signal that it has received and not yet passed on if the last listener is removed. It passes signals on
  // before it calls immediates, not before it calls timers.
  const stopLater = () => setTimeout(() => setImmediate(stopIfDelivered).unref(), CHECK_MS).unref();
  const start = () => {
    isPlanned = false;
    if (isWatching || hooks.pending() === 0) return;
    isWatching = true;
    for (const signal of signals) listen(signal);
    stopLater();
  };
  const watch = () => {
    if (isWatching || isPlanned) return;
    isPlanned = true;
    detached(() => setImmediate(start).unref());
  };
  return { watch, stop };
}

/**
 * Removes our listener while the app's listeners run. Some raise the signal again only if they are the last listener
 * (the package signal-exit and its users). As soon as the last of them has removed itself we listen again, before it
 * can raise the signal.
 */
function stepAside(
  signal: NodeJS.Signals,
  listener: NodeJS.SignalsListener,
  comeBack: (signal: NodeJS.Signals) => void,
): void {
  const onRemoved = (event: string | symbol) => {
    if (event === signal && process.listenerCount(signal) === 0) comeBack(signal);
  };
  process.removeListener(signal, listener);
  process.on("removeListener", onRemoved);
  process.nextTick(() => {
    process.removeListener("removeListener", onRemoved);
    comeBack(signal);
  });
}
