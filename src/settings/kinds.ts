import type { AssessmentValue } from "../trace/assessment.js";

/** The values of an option or an argument. */
export interface Kind<T> {
  /** A description of the values, for error messages. */
  readonly want: string;
  /** Returns the value, or a copy of it. Returns undefined, or throws, for other values. */
  readonly read: (value: unknown) => T | undefined;
}

/** The values of an option that every call must have. */
export type RequiredKind<T> = Kind<T> & { readonly isRequired: true };

export function required<T>(kind: Kind<T>): RequiredKind<T> {
  return { ...kind, isRequired: true };
}

/** A kind that is described by a condition. */
export function kindOf<T>(want: string, accepts: (value: unknown) => boolean): Kind<T> {
  return { want, read: (value) => (accepts(value) ? (value as T) : undefined) };
}

export const flag: Kind<boolean> = kindOf("true or false", (value) => typeof value === "boolean");

/** A string, which may be empty. */
export const text: Kind<string> = kindOf("a string", isText);

export const filledText: Kind<string> = kindOf(
  "a text that is not empty",
  (value) => isText(value) && value.trim() !== "",
);

/** A path on this machine. */
export const localPath: Kind<string> = kindOf(
  "a path that is not empty and has no NUL character",
  (value) => isText(value) && value.trim() !== "" && !value.includes("\0"),
);

/** MLflow's rule for registered models. */
export const registeredModelName: Kind<string> = kindOf(
  "a name without / and :",
  (value) => isText(value) && /^[^/:]+$/.test(value),
);

/** Any number but NaN. The caller checks its range. */
export const number: Kind<number> = kindOf(
  "a number",
  (value) => typeof value === "number" && !Number.isNaN(value),
);

export const integer: Kind<number> = kindOf("an integer", Number.isSafeInteger);

export const positiveInteger: Kind<number> = kindOf(
  "a whole number from 1 up",
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
);

/** A time in milliseconds since 1970, or a duration in milliseconds. */
export const milliseconds: Kind<number> = kindOf(
  "a non-negative number of milliseconds",
  (value) => typeof value === "number" && value >= 0,
);

/** One of these strings. */
export function oneOf<T extends string>(values: readonly T[]): Kind<T> {
  const listed = values.map((value) => `"${value}"`).join(", ");
  return kindOf(`one of ${listed}`, (value) => values.includes(value as T));
}

export const texts: Kind<readonly string[]> = {
  want: "an array of strings",
  read: (value) => {
    const copy = Array.isArray(value) ? [...value] : undefined;
    return copy?.every(isText) ? copy : undefined;
  },
};

/** A copy of JSON data. */
export const jsonValue: Kind<AssessmentValue> = {
  want: "JSON data: a text, a finite number, true, false, null, or an array or object of them",
  read: (value) => {
    // Throws for a circle, and for a getter that throws.
    const text = JSON.stringify(value, (_key, field) => {
      if (typeof field === "bigint") return Number(field);
      if (isJson(field)) return field;
      throw new TypeError();
    });
    return text === undefined ? undefined : JSON.parse(text);
  },
};

/** Undefined fields of objects are omitted. */
function isJson(field: unknown): boolean {
  if (typeof field === "number") return Number.isFinite(field);
  if (typeof field === "object" && field !== null)
    return Array.isArray(field) || isDictionary(field);
  return typeof field !== "function" && typeof field !== "symbol";
}

/** An object with names of the app. The values of its fields may have any type. */
export const dictionary: Kind<Readonly<Record<string, unknown>>> = {
  want: "an object such as { name: value }",
  read: (value) => (isDictionary(value) ? { ...value } : undefined),
};

/** An object that is stored as JSON or YAML. */
export const storedDictionary: Kind<Readonly<Record<string, unknown>>> = {
  want: "an object of plain data: texts, numbers, booleans, null, dates, arrays and objects",
  read: (value) => {
    const copy = isDictionary(value) ? { ...value } : undefined;
    // Throws for a circle, and for a getter that throws.
    JSON.stringify(copy, (_key, field) => {
      if (typeof field === "symbol" || typeof field === "function") throw new TypeError();
      return typeof field === "bigint" ? String(field) : field;
    });
    return copy;
  },
};

/** Tags of a run, which are checked with MLflow's rules where they are logged. Numbers become texts there. */
export const loggedTags = dictionary as Kind<Readonly<Record<string, string>>>;

export const dictionaryOfTexts: Kind<Readonly<Record<string, string>>> = {
  want: "an object whose values are strings",
  read: (value) => {
    const copy = isDictionary(value) ? { ...value } : undefined;
    return copy && Object.values(copy).every(isText) ? (copy as Record<string, string>) : undefined;
  },
};

/** An object whose values become texts. */
export const dictionaryToTexts: Kind<Readonly<Record<string, string>>> = {
  want: "an object whose values are strings, numbers or booleans",
  read: (value) => {
    const entries = isDictionary(value) ? Object.entries(value) : undefined;
    const isSimple = ([, field]: [string, unknown]) =>
      /^(string|number|bigint|boolean)$/.test(typeof field);
    if (!entries?.every(isSimple)) return undefined;
    return Object.fromEntries(entries.map(([key, field]) => [key, String(field)]));
  },
};

/**
 * Whether a value is an object with names and values: not an array, a date, a map, a promise or a function, whose content
 * would be ignored. Returns false for an object that throws.
 */
export function isDictionary(value: unknown): value is object {
  try {
    return Object.prototype.toString.call(value) === "[object Object]" && value !== null;
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
