/** The streams that one signal may end, and our own signal that follows it. */
interface Followers {
  readonly signal: AbortSignal;
  readonly callbacks: Set<() => void>;
  readonly onAbort: () => void;
}

const followers = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when the app's signal aborts. Its own listeners stay as few as they are: one signal may
 * go with thousands of calls, and Node warns of eleven listeners. Returns the undo.
 */
export function onAbortOf(signal: AbortSignal, callback: () => void): () => void {
  const { signal: own, callbacks, onAbort } = followersOf(signal);
  if (callbacks.size === 0) own.addEventListener("abort", onAbort, { once: true });
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    // A signal that is listened to is kept alive, whatever becomes of the app's.
    if (callbacks.size === 0) own.removeEventListener("abort", onAbort);
  };
}

function followersOf(signal: AbortSignal): Followers {
  let found = followers.get(signal);
  if (!found) {
    const callbacks = new Set<() => void>();
    const onAbort = () => {
      for (const callback of callbacks) callback();
    };
    found = { signal: AbortSignal.any([signal]), callbacks, onAbort };
    followers.set(signal, found);
  }
  return found;
}
