import { isLiteral, isPlainArray, isPlainObject, type Plain } from "./plain.js";

/**
 * Whether a copy of a live value still equals the value. False if they differ in any way: the value has changed, a secret
 * was removed, a text was cut, or the value contains an instance of a class.
 */
function isSameCopy(live: unknown, copy: Plain | undefined): boolean {
  if (typeof live !== "object" || live === null) return Object.is(live, copy);
  if (Array.isArray(live)) return isPlainArray(copy) && isSameList(live, copy);
  return isLiteral(live) && isPlainObject(copy) && isSameFields(live, copy);
}

function isSameList(live: readonly unknown[], copy: readonly Plain[]): boolean {
  if (live.length !== copy.length) return false;
  for (let index = 0; index < copy.length; index++) {
    if (!isSameCopy(live[index], copy[index])) return false;
  }
  return true;
}

/** A field that is undefined has no copy. */
export function isSameFields(
  live: Readonly<Record<string, unknown>>,
  copy: { readonly [key: string]: Plain | undefined },
): boolean {
  let count = 0;
  for (const name of Object.keys(live)) {
    const value = live[name];
    if (!isSameCopy(value, copy[name])) return false;
    if (value !== undefined) count += 1;
  }
  for (const name of Object.keys(copy)) if (copy[name] !== undefined) count -= 1;
  return count === 0;
}
