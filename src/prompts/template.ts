import { filledText, type Kind } from "../settings/kinds.js";

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

/** Without content of messages that is not text, which Python stores too. */
function textsOf(template: PromptTemplate): string[] {
  const texts = typeof template === "string" ? [template] : template.map(({ content }) => content);
  return texts.filter((text) => typeof text === "string");
}

/** The names of the variables, each once, in the order of the template. */
export function variablesOf(template: PromptTemplate): string[] {
  const parts = textsOf(template).flatMap(partsOf);
  return [...new Set(parts.flatMap((part) => ("variable" in part ? [part.variable] : [])))];
}

/** Changes each text of a template. Fields of messages other than `content` remain. */
export function mapTexts(
  template: PromptTemplate,
  change: (text: string) => string,
): PromptTemplate {
  if (typeof template === "string") return change(template);
  return template.map((message) => ({
    ...message,
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
  return textsOf(template).some((text) => text.includes("{%") && text.includes("%}"));
}

/** Template of a prompt that is registered. */
export const promptTemplate: Kind<PromptTemplate> = {
  want: "a text that is not empty, or an array of messages { role, content } with texts",
  read: (value) => {
    if (typeof value === "string") return value || undefined;
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const messages: PromptMessage[] = value.map((message) => ({ ...message }));
    const isValid = ({ role, content, ...more }: PromptMessage) =>
      filledText.read(role) && typeof content === "string" && Object.keys(more).length === 0;
    return messages.every(isValid) ? messages : undefined;
  },
};
