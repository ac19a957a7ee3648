import { inspect } from "node:util";
import type * as z from "zod";
import { invalidParameter } from "../base/errors.js";

/** What an option takes in code. */
export interface Kind<T> {
  /** In words, for errors. */
  readonly want: string;
  /** Called when a value is checked: zod takes time to load. */
  readonly inCode: () => z.ZodType<T>;
}

/** The options, read once; names that are none are refused. */
export function givenOptions<Name extends string>(
  caller: string,
  options: unknown,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> {
  const given = copyOf(options) as Partial<Record<Name, unknown>> | undefined;
  if (!given) throw invalidParameter(`${caller} takes an object of options, got ${show(options)}.`);
  const unknown = Object.keys(given).filter((name) => !names.includes(name as Name));
  if (unknown.length === 0) return given;
  const wrong = cut(`\`${unknown.join("`, `")}\``);
  throw invalidParameter(`${caller} has no option ${wrong}. Options are: ${names.join(", ")}.`);
}

/** Undefined for what is no object of options, and for what cannot be read. */
function copyOf(options: unknown): object | undefined {
  return attempt(() => {
    const isOptions = typeof options === "object" && options !== null && !Array.isArray(options);
    return isOptions ? { ...options } : undefined;
  });
}

/** An option's value, checked. */
export function takenOption<T>(
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

/** What came, on one line of bearable length. */
export function show(value: unknown): string {
  const bounds = { depth: 1, maxStringLength: 100, maxArrayLength: 5, customInspect: false };
  const text = attempt(() => inspect(value, { ...bounds, breakLength: Number.POSITIVE_INFINITY }));
  return cut(text ?? `a value of type ${typeof value}`);
}

function cut(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ");
  return line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
}

/** Undefined where it throws: a value may have getters of the app's. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
