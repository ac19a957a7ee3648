import * as z from "zod";
import {
  dictionaryOfTexts,
  flag as flagInCode,
  type Kind as KindInCode,
  kindOf,
  localPath,
  oneOf as oneOfInCode,
  registeredModelName,
} from "./kinds.js";

/** The longest time of a timer in Node.js: a timer with a longer time fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The values of an option in code and in an environment variable. */
export interface Kind<T> extends KindInCode<T> {
  /** Undefined if the option has no environment variable. */
  readonly inEnvironment: (() => z.ZodType<T>) | undefined;
}

export const flag: Kind<boolean> = { ...flagInCode, inEnvironment: () => z.stringbool() };

export const tags: Kind<Record<string, string>> = {
  ...dictionaryOfTexts,
  inEnvironment: () => z.string().transform(parseJson).pipe(z.record(z.string(), z.string())),
};

/** Has no environment variable. */
export function callback<T>(): Kind<T | undefined> {
  const kind = kindOf<T>("a function", (value) => typeof value === "function");
  return { ...kind, inEnvironment: undefined };
}

export const moduleList: Kind<readonly object[]> = {
  ...kindOf<readonly object[]>(
    "a list of modules, which are objects",
    (value) =>
      Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null),
  ),
  inEnvironment: undefined,
};

export const modelName: Kind<string | undefined> = {
  ...registeredModelName,
  inEnvironment: () => z.string().refine((value) => registeredModelName.read(value) !== undefined),
};

/** A local path. */
export const folder: Kind<string | undefined> = {
  ...localPath,
  inEnvironment: () => z.string(),
};

export function oneOf<T extends string>(values: readonly T[]): Kind<T> {
  return { ...oneOfInCode(values), inEnvironment: () => z.literal(values) };
}

function number(want: string, accepts: (value: number) => boolean): Kind<number> {
  return {
    ...kindOf<number>(want, (value) => typeof value === "number" && accepts(value)),
    inEnvironment: () => z.string().transform(Number).refine(accepts),
  };
}

function isWholeNumber(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> {
  const upTo = max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : " up";
  return number(`a whole number from ${min}${upTo}`, (value) => isWholeNumber(value, min, max));
}

export const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const count = wholeNumber(1);

/** Milliseconds in code, seconds in MLflow's variable. */
export const duration: Kind<number> = {
  ...wholeNumber(0, LONGEST_TIMER_MS),
  want: `milliseconds (its variable: seconds) from 0 to ${LONGEST_TIMER_MS}`,
  inEnvironment: () =>
    z
      .string()
      .transform((text) => Math.ceil(Number(text) * 1000))
      .pipe(z.int().min(0).max(LONGEST_TIMER_MS)),
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
