import { invalidParameter } from "../base/errors.js";

/** A message of a chat prompt. */
export interface PromptMessage {
  /** For example `system`, `user` or `assistant`. */
  readonly role: string;
  /** Text with variables: `{{name}}`. */
  readonly content: string;
}

/** A text, or the messages of a chat. */
export type PromptTemplate = string | readonly PromptMessage[];

/** The values of variables. A value that is not text is converted: objects become JSON. */
export type PromptValues = Readonly<Record<string, unknown>>;

/** A piece of a template: literal text, or a variable in its written form. */
export interface TemplatePart {
  readonly literal: string;
  /** Undefined for literal text. */
  readonly variable?: string;
}

const VARIABLE = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*)*)\s*\}\}/g;

/** Splits a text into literal text and variables, in order. */
export function partsOf(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ literal: text.slice(end, match.index) });
    parts.push({ literal: match[0], variable: match[1] ?? "" });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ literal: text.slice(end) });
  return parts;
}

function textsOf(template: PromptTemplate): string[] {
  return typeof template === "string" ? [template] : template.map(({ content }) => content);
}

/** Returns the template with other texts. */
export function mapTexts(
  template: PromptTemplate,
  change: (text: string) => string,
): PromptTemplate {
  if (typeof template === "string") return change(template);
  return template.map(({ role, content }) => ({ role, content: change(content) }));
}

/** The names of the variables, each once, in the order of their first use. */
export function variablesOf(template: PromptTemplate): string[] {
  const parts = textsOf(template).flatMap(partsOf);
  return [...new Set(parts.flatMap(({ variable }) => variable ?? []))];
}

/** Replaces the variables that have a value, in one pass: a value that contains `{{name}}` stays unchanged. */
export function fill(text: string, values: PromptValues): string {
  const fillPart = ({ literal, variable }: TemplatePart) =>
    variable !== undefined && Object.hasOwn(values, variable)
      ? shownValue(values[variable])
      : literal;
  return partsOf(text).map(fillPart).join("");
}

function shownValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value) ?? String(value);
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for a template with Jinja statements, which need Python. */
export function refuseJinja(template: PromptTemplate, caller: string): void {
  if (!textsOf(template).some((text) => text.includes("{%") && text.includes("%}"))) return;
  throw invalidParameter(
    `${caller} cannot format this prompt: it has Jinja2 statements ({% … %}), which only Python supports. Write it with {{variables}} alone.`,
  );
}
