interface HasId {
  readonly lc_id?: unknown;
}

/** A lean manager's method that starts a run was read, and not called yet. */
let isStarting = false;

export function noteStart(isExpected: boolean): void {
  isStarting = isExpected;
}

/**
 * Returns what `toJSON()` of a Runnable passes to a lean manager: the class only, which is all that our listeners read.
 * The complete form of a sequence contains all steps, and costs as much as the rest of the event. Undefined for any other
 * caller of `toJSON()`, such as an app that reads the method and does not call it.
 *
 * @param isOwnScope Whether the Runnable is the one whose method runs here.
 */
export function shortForm(self: object, isOwnScope: (self: object) => boolean): object | undefined {
  if (!isStarting) return undefined;
  isStarting = false;
  if (!isOwnScope(self)) return undefined;
  const { lc_id: id } = self as HasId;
  return Array.isArray(id) ? { lc: 1, type: "not_implemented", id } : undefined;
}
