import { inspect } from "node:util";

const MAX_SHOWN_CHARACTERS = 300;

/** Shows a value on one short line. Never throws, and calls no function of the value. */
export function show(value: unknown): string {
  const bounds = { depth: 1, maxStringLength: 100, maxArrayLength: 5, customInspect: false };
  const text = attempt(() => inspect(value, { ...bounds, breakLength: Number.POSITIVE_INFINITY }));
  return oneLine(text ?? `a value of type ${typeof value}`);
}

/** Returns a text on one line. The end of a long text is cut. */
export function oneLine(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ");
  return line.length > MAX_SHOWN_CHARACTERS
    ? `${line.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…`
    : line;
}

/** Returns undefined if `work` throws: a getter or a proxy of the app may throw. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
