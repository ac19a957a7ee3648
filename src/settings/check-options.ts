import { inspect } from "node:util";
import type * as z from "zod";
import { invalidParameter } from "../base/errors.js";

/** The values of an option in code. */
export interface Kind<T> {
  /** A description of the values, for error messages. */
  readonly want: string;
  /** Called when a value is checked: zod takes time to load. */
  readonly inCode: () => z.ZodType<T>;
}

/**
 * Copies an options object, so that each getter runs once.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not an object or has unknown names.
 */
export function readOptions<Name extends string>(
  caller: string,
  options: unknown,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> {
  const copy = copyOf(options) as Partial<Record<Name, unknown>> | undefined;
  if (!copy) throw invalidParameter(`${caller} takes an object of options, got ${show(options)}.`);
  const unknown = Object.keys(copy).filter((name) => !names.includes(name as Name));
  if (unknown.length === 0) return copy;
  const wrong = cut(`\`${unknown.join("`, `")}\``);
  throw invalidParameter(`${caller} has no option ${wrong}. Options are: ${names.join(", ")}.`);
}

/** Returns undefined if the value is not an object of options or cannot be read. */
function copyOf(options: unknown): object | undefined {
  return attempt(() => {
    const isOptions = typeof options === "object" && options !== null && !Array.isArray(options);
    return isOptions ? { ...options } : undefined;
  });
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value is not one of the option's values. */
export function checkOption<T>(
  caller: string,
  name: string,
  { inCode, want }: Kind<T>,
  value: unknown,
): T {
  const schema = inCode();
  const result = attempt(() => schema.safeParse(value));
  if (result?.success) return result.data;
  throw invalidParameter(`${caller} option \`${name}\` takes ${want}, got ${show(value)}.`);
}

const MAX_SHOWN_CHARACTERS = 300;

/** Shows a value on one short line. */
export function show(value: unknown): string {
  const bounds = { depth: 1, maxStringLength: 100, maxArrayLength: 5, customInspect: false };
  const text = attempt(() => inspect(value, { ...bounds, breakLength: Number.POSITIVE_INFINITY }));
  return cut(text ?? `a value of type ${typeof value}`);
}

function cut(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ");
  return line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
}

/** Returns undefined if `work` throws: a getter of the app's object may throw. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
