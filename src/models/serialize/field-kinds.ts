/**
 * What a field may hold. `null` is accepted for every kind.
 *
 * - `text`, `number`, `flag`: a string, a finite number, a boolean
 * - `texts`: a string or a list of strings
 * - `format`: the name of a template format
 * - `json`: plain JSON, in which LangChain finds nothing that it would make an object of
 * - `content`: plain JSON which is only ever shown or sent as content, so LangChain's escapes are accepted in it
 * - `parts`: objects of listed classes, alone, in lists, or by name
 * - `options`: call options and configuration of a binding
 * - `request`: plain JSON that LangChain puts into the body of a request
 * - `tools`: a list of tools that the provider is offered
 * - `configuration`: the listed settings of a model's client
 * - `secret`: the variable that the class reads this key from
 */
export type FieldKind =
  | ScalarKind
  | ("json" | "content" | "parts" | "options" | "request" | "tools" | "configuration" | "secret");

export type ScalarKind = "text" | "number" | "flag" | "texts" | "format";

/** Fields by the name that data has for them. */
export type Fields = Readonly<Record<string, FieldKind>>;

const isText = (value: unknown) => typeof value === "string";

export const SCALAR_KINDS: Readonly<Record<ScalarKind, (value: unknown) => boolean>> = {
  text: isText,
  number: (value) => typeof value === "number" && Number.isFinite(value),
  flag: (value) => typeof value === "boolean",
  texts: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  format: (value) => value === "f-string" || value === "mustache",
};
