import type { ExitHooks } from "./exit.js";
import { holdUntil } from "./hold.js";

/**
 * Delivers when one of the signals comes. If the app has no listener of its own for it, the signal
 * is raised again afterwards and ends the process as it would have; a second signal does so at
 * once. If it has one, the end is the app's affair: we deliver in the background, no more.
 */
export function watchSignals(signals: readonly NodeJS.Signals[], hooks: ExitHooks): () => void {
  let isEnding = false;
  let isWatching = true;
  const listen = (signal: NodeJS.Signals) => {
    if (!isWatching || process.listeners(signal).includes(onSignal)) return;
    process.prependListener(signal, onSignal);
  };
  const raiseAgain = (signal: NodeJS.Signals) => {
    hooks.spill();
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
    // Still here: the app listens by now, or is process 1 of a container, which no signal ends.
    isEnding = false;
    setImmediate(listen, signal).unref();
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
      hooks.settle(false);
      void holdUntil(hooks.flush(timeoutMs), timeoutMs).then(() => raiseAgain(signal));
    }
  };
  for (const signal of signals) listen(signal);
  return () => {
    isWatching = false;
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
}

/**
 * While the app's listeners run they see the listeners they would see without us: some raise the
 * signal again only if nobody else listens (the package signal-exit, and all who use it). As soon
 * as the last of them has removed itself we listen again, before it can raise the signal.
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
