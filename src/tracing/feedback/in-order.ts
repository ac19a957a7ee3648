/** The last change of each value that is under way. */
const last = new Map<string, Promise<unknown>>();

/**
 * Starts a change when earlier changes of the same value have ended: a request that is repeated after a failure would otherwise
 * replace what a later call has stored. Without such changes it starts at once.
 */
export function inOrder<T>(value: string, change: () => Promise<T>): Promise<T> {
  const before = last.get(value);
  const result = before ? before.then(change, change) : change();
  last.set(value, result);
  const forget = () => {
    if (last.get(value) === result) last.delete(value);
  };
  result.then(forget, forget);
  return result;
}
