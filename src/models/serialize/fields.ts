import { kindOfName } from "../../data/secrets.js";

/**
 * The values that a field can have. `null` is accepted for every kind.
 *
 * - `text`, `number`, `flag`: a string, a finite number, a boolean
 * - `texts`: a string or a list of strings
 * - `format`: the name of a template format
 * - `json`: plain JSON without keys that LangChain interprets
 * - `content`: plain JSON that is only displayed or sent as content, so it may contain LangChain's escapes
 * - `parts`: an object of a listed class, or a list or dictionary of such objects
 * - `options`: call options and configuration of a binding
 * - `request`: plain JSON that LangChain adds to the body of a request
 * - `tools`: a list of tools that are offered to the provider
 * - `configuration`: the listed settings of a model's client
 * - `secret`: the environment variable that the class reads this key from
 */
export type FieldKind =
  | ScalarKind
  | ("json" | "content" | "parts" | "options" | "request" | "tools" | "configuration" | "secret");

export type ScalarKind = "text" | "number" | "flag" | "texts" | "format";

/** The kinds of fields, by their name in data. */
export type Fields = Readonly<Record<string, FieldKind>>;

const isText = (value: unknown) => typeof value === "string";

export const SCALAR_KINDS: Readonly<Record<ScalarKind, (value: unknown) => boolean>> = {
  text: isText,
  number: (value) => typeof value === "number" && Number.isFinite(value),
  flag: (value) => typeof value === "boolean",
  texts: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  format: (value) => value === "f-string" || value === "mustache",
};

/** The path of a field, for error messages: `[1].model_kwargs.seed`. */
export function fieldPath(at: string, key: string): string {
  return key.startsWith("[") || at === "" ? `${at}${key}` : `${at}.${key}`;
}

/** A sequence stores its steps in three fields. Error messages count them as one list. */
export function stepNames(
  id: readonly unknown[],
  kwargs: { readonly middle?: unknown },
): Readonly<Record<string, string>> {
  if (id.at(-1) !== "RunnableSequence") return {};
  const between = Array.isArray(kwargs.middle) ? kwargs.middle.length : 0;
  return { first: "[0]", middle: "[1…]", last: `[${between + 1}]` };
}

/** The name of a field that contains an address to send requests to. */
const ADDRESS = /^(base_?url|base_?path|api_?base|.*_api_base|.*_?endpoint|host|proxy(_?url)?)$/i;

/** Whether a field with this name could contain a key, headers or an address, which are never stored. */
export function isPrivate(key: string, value: unknown): boolean {
  if (value === null || value === "" || typeof value === "boolean") return false;
  const kind = kindOfName(key);
  return kind === "secret" || kind === "headers" || ADDRESS.test(key);
}

/** Thrown for a part of an object, or of data, that must not be stored or loaded. */
export class NotData extends Error {
  constructor(at: string, why: string) {
    super(`${at || "the object itself"} ${why}`);
  }
}
