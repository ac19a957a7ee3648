/** The last change of each place that is under way. */
const last = new Map<string, Promise<unknown>>();

/**
 * Starts a change when earlier changes of the same place have ended. Without such changes it starts at once.
 *
 * @param place names what is changed. Callers share the names.
 */
export function inOrder<T>(place: string, change: () => Promise<T>): Promise<T> {
  const before = last.get(place);
  const result = before ? before.then(change, change) : change();
  last.set(place, result);
  const forget = () => {
    if (last.get(place) === result) last.delete(place);
  };
  result.then(forget, forget);
  return result;
}
