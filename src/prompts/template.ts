import { isDictionary, type Kind } from "../settings/kinds.js";

/** A message of a chat prompt. `content` may contain variables. */
export interface PromptMessage {
  /** For example `system`, `user` or `assistant`. */
  readonly role: string;
  readonly content: string;
}

/** A text with variables such as `{{name}}`, or the messages of a chat. */
export type PromptTemplate = string | readonly PromptMessage[];

/** A piece of a text: a literal, or a variable. */
export type TextPart = { readonly literal: string } | { readonly variable: string };

/** The white space of Python's regular expressions. */
const SPACE = "(?:(?!\\ufeff)[\\s\\x1c-\\x1f\\x85])*";
/** MLflow's rule for variables. */
const NAME = "[a-zA-Z_][a-zA-Z0-9_]*(?:\\.[a-zA-Z_][a-zA-Z0-9_]*)*";

/** Splits a text at its variables. */
export function partsOf(text: string): TextPart[] {
  const pattern = new RegExp(`\\{\\{${SPACE}(${NAME})${SPACE}\\}\\}`, "g");
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) parts.push({ literal: text.slice(end, match.index) });
    parts.push({ variable: match[1] ?? "" });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ literal: text.slice(end) });
  return parts;
}

/** The names of the variables, each once, in the order of the template. */
export function variablesOf(template: PromptTemplate): string[] {
  const texts = typeof template === "string" ? [template] : template.map(({ content }) => content);
  const names = texts
    .filter((text) => typeof text === "string")
    .flatMap(partsOf)
    .flatMap((part) => ("variable" in part ? [part.variable] : []));
  return [...new Set(names)];
}

/** Changes each text of a template. Fields of messages other than `content` remain. */
export function mapTexts(
  template: PromptTemplate,
  change: (text: string) => string,
): PromptTemplate {
  if (typeof template === "string") return change(template);
  return template.map((message) => ({
    ...message,
    // Python also stores content that is no text.
    content: typeof message.content === "string" ? change(message.content) : message.content,
  }));
}

/**
 * Replaces the variables that have a value, in one pass: braces in a value have no effect. Names that are no variables by
 * MLflow's rule, such as `my-name`, are replaced too, as in Python.
 */
export function fill(text: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return text;
  const names = [...values.keys()].map((name) => name.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp(`\\{\\{${SPACE}(${names.join("|")})${SPACE}\\}\\}`, "g");
  return text.replace(pattern, (found, name) => values.get(name) ?? found);
}

/** Whether a template has control structures of Jinja2, which only Python renders. */
export function isJinja(template: PromptTemplate): boolean {
  const texts = typeof template === "string" ? [template] : template.map(({ content }) => content);
  return texts.some((text) => String(text).includes("{%") && String(text).includes("%}"));
}

/** Template of a prompt that is registered. */
export const promptTemplate: Kind<PromptTemplate> = {
  want: "a text that is not empty, or an array of messages { role, content } with texts",
  read: (value) => {
    if (typeof value === "string") return value === "" ? undefined : value;
    const copy = Array.isArray(value) ? value.map(messageOf) : [];
    return copy.length > 0 && copy.every((one) => one !== undefined) ? copy : undefined;
  },
};

function messageOf(value: unknown): PromptMessage | undefined {
  if (!isDictionary(value)) return undefined;
  const { role, content, ...more } = { ...value } as Partial<PromptMessage>;
  if (typeof role !== "string" || typeof content !== "string" || role === "") return undefined;
  return Object.keys(more).length > 0 ? undefined : { role, content };
}
