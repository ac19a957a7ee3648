import type { Budget } from "./budget.js";
import type { InstanceCopy, Meter } from "./meter.js";
import type { PlainObject } from "./plain.js";
import { isSameFields } from "./same-copy.js";

/** To copy an instance with fewer characters again costs less than to remember its copy. */
const SHORT_CHARACTERS = 250;

/**
 * Returns the copy that the trace already has. Undefined if a new copy would differ from it. An agent passes the same
 * messages to each of its steps. `read`: the fields of the instance.
 */
export function reuseCopy(
  meter: Meter,
  copy: InstanceCopy | undefined,
  read: Readonly<Record<string, unknown>>,
  depth: number,
  budget: Budget,
): PlainObject | undefined {
  if (!copy || !meter.sharesCopies || !budget.hasRoom(copy.characters, copy.nodes))
    return undefined;
  // A field that is deeper may become JSON text.
  if (depth > copy.depth || !isSame(read, copy.plain)) return undefined;
  budget.characters += copy.characters;
  budget.nodes += copy.nodes;
  meter.sharedCharacters = (meter.sharedCharacters ?? 0) + copy.characters;
  return copy.plain;
}

/** A getter of the app may throw. */
function isSame(read: Readonly<Record<string, unknown>>, plain: PlainObject): boolean {
  try {
    return isSameFields(read, plain);
  } catch {
    return false;
  }
}

export function keepCopy(meter: Meter, instance: object, copy: InstanceCopy): void {
  if (copy.characters <= SHORT_CHARACTERS) return;
  meter.copies ??= new WeakMap();
  meter.copies.set(instance, copy);
}
