import { isLeftOut } from "./scrub.js";

/** Fields of an object that say nothing of what it does: caches, clients, LangChain's own marks. */
const IRRELEVANT = new Set([
  "lc_kwargs",
  "caller",
  "client",
  "fields",
  "_encoding",
  "lc_namespace",
]);
const MAX_DEPTH = 40;

/**
 * Where a reloaded object differs from the original, in a way that its serialized form did not show: a
 * function, tools that were bound, callbacks; undefined where it is the same. What was left out on
 * purpose is not looked at.
 */
export function firstDifference(original: unknown, reloaded: unknown): string | undefined {
  return compare(original, reloaded, "$", new Set(), 0);
}

function compare(
  one: unknown,
  other: unknown,
  path: string,
  seen: Set<object>,
  depth: number,
): string | undefined {
  if (Object.is(one, other) || isNothing(one, other)) return undefined;
  if (typeof one === "function" || typeof other === "function") {
    return isSameFunction(one, other) ? undefined : `${path} is a function`;
  }
  // What was left open, a constructor may fill in with what it stands for.
  if (one === undefined && typeof other !== "object") return undefined;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return `${path} is ${typeof one}, and ${typeof other} when it is loaded`;
  }
  if (seen.has(one) || depth > MAX_DEPTH) return undefined;
  seen.add(one);
  const [mine, theirs] = [nameOfClass(one), nameOfClass(other)];
  if (mine !== theirs) return `${path} is of class ${mine}, and of ${theirs} when it is loaded`;
  return compareFields(one, other, path, seen, depth);
}

function compareFields(one: object, other: object, path: string, seen: Set<object>, depth: number) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) {
    if (IRRELEVANT.has(name) || (isInstance(one) && isLeftOut(name) && !isBound(name, one)))
      continue;
    const [mine, theirs] = [(one as Live)[name], (other as Live)[name]];
    const difference = compare(mine, theirs, `${path}.${name}`, seen, depth + 1);
    if (difference) return difference;
  }
  return compareParameters(one, other, path);
}

type Live = Readonly<Record<string, unknown>>;

/** Callbacks are left out of files, and a chain that has some is not the same without them. */
function isBound(name: string, holder: object): boolean {
  const value = (holder as Live)[name];
  if (name !== "callbacks" && name !== "cache") return false;
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** What a model would send with its requests, tools among them. */
function compareParameters(one: object, other: object, path: string): string | undefined {
  const parametersOf = (model: object) => {
    const { invocationParams } = model as { invocationParams?: (options: object) => unknown };
    if (typeof invocationParams !== "function") return undefined;
    try {
      return JSON.stringify(invocationParams.call(model, {}));
    } catch {
      return undefined;
    }
  };
  return parametersOf(one) === parametersOf(other)
    ? undefined
    : `${path} sends other parameters when it is loaded`;
}

function isSameFunction(one: unknown, other: unknown): boolean {
  // What a constructor makes itself, as an arrow function of each instance, is the same text.
  return typeof one === "function" && typeof other === "function" && String(one) === String(other);
}

/** Undefined, null and an empty list or object are one: nothing was said. */
function isNothing(one: unknown, other: unknown): boolean {
  return isEmpty(one) && isEmpty(other);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && !isInstance(value) && Object.keys(value).length === 0;
}

function isInstance(value: object): boolean {
  if (Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

function nameOfClass(value: object): string {
  return (
    (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor
      ?.name ?? "Object"
  );
}
