import { invalidParameter } from "../base/errors.js";
import { isDictionary } from "../settings/kinds.js";
import { type PromptMessage, type PromptTemplate, partsOf, type TemplatePart } from "./template.js";

/** What this module reads of a prompt of LangChain, whichever copy of core it comes from. */
interface LangChainPrompt {
  readonly template?: unknown;
  readonly templateFormat?: unknown;
  readonly partialVariables?: object;
  readonly promptMessages?: readonly LangChainMessage[];
}

interface LangChainMessage {
  readonly prompt?: LangChainPrompt;
  readonly role?: string;
  readonly content?: unknown;
  readonly constructor: { readonly lc_name?: () => string };
  readonly _getType?: () => string;
}

const ROLES: Readonly<Record<string, string>> = {
  HumanMessagePromptTemplate: "user",
  AIMessagePromptTemplate: "assistant",
  SystemMessagePromptTemplate: "system",
  human: "user",
  ai: "assistant",
  system: "system",
};

/**
 * Converts a prompt of LangChain to a template for `registerPrompt()`. A `PromptTemplate` becomes a text, a
 * `ChatPromptTemplate` becomes messages.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what a prompt of MLflow cannot have: message placeholders, partial
 * variables, images, sections of Mustache, or literal text that MLflow reads as a variable.
 * @example
 * await genai.registerPrompt({ name: "qa", ...genai.fromLangChain(chatPromptTemplate) });
 */
export function fromLangChain(prompt: object): { template: PromptTemplate } {
  if (!isDictionary(prompt)) throw refused("takes a prompt template of LangChain");
  const { promptMessages, partialVariables } = prompt as LangChainPrompt;
  refusePartials(partialVariables);
  if (Array.isArray(promptMessages)) return { template: promptMessages.map(messageOf) };
  return { template: textOf(prompt) };
}

function messageOf(message: LangChainMessage): PromptMessage {
  const className = message.constructor.lc_name?.() ?? "";
  if (message.prompt === undefined) {
    const role = ROLES[message._getType?.() ?? ""];
    if (role === undefined || typeof message.content !== "string") {
      throw refused(`cannot convert ${className || "this message"}`);
    }
    return { role, content: joined([{ literal: message.content }]) };
  }
  const role = ROLES[className] ?? message.role;
  if (role === undefined) throw refused(`cannot convert ${className || "this message"}`);
  return { role, content: textOf(message.prompt) };
}

function textOf({ template, templateFormat, partialVariables }: LangChainPrompt): string {
  refusePartials(partialVariables);
  if (typeof template !== "string") throw refused("takes templates of text");
  return joined(templateFormat === "mustache" ? mustacheParts(template) : fStringParts(template));
}

/** Joins the parts to a template, if MLflow reads the same parts in it. */
function joined(parts: readonly TemplatePart[]): string {
  const text = parts
    .map(({ literal, variable }) => (variable === undefined ? literal : `{{${variable}}}`))
    .join("");
  const names = (list: readonly TemplatePart[]) => list.flatMap(({ variable }) => variable ?? []);
  const plain = (list: readonly TemplatePart[]) =>
    list.map(({ literal, variable }) => (variable === undefined ? literal : "\0")).join("");
  const read = partsOf(text);
  if (names(read).join() === names(parts).join() && plain(read) === plain(parts)) return text;
  throw refused(
    `cannot convert ${JSON.stringify(text)}: MLflow reads other variables in it. Names are letters, digits, '_' and '.'`,
  );
}

function fStringParts(template: string): TemplatePart[] {
  return [...template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)].map(([text, name]) => {
    if (name !== undefined) return { literal: text, variable: name.trim() };
    if (text === "{" || text === "}") throw refused(`found a single ${text} in the template`);
    return { literal: text === "{{" || text === "}}" ? text.charAt(0) : text };
  });
}

function mustacheParts(template: string): TemplatePart[] {
  const parts = partsOf(template);
  if (parts.every((part) => part.variable !== undefined || !part.literal.includes("{{"))) {
    return parts;
  }
  throw refused("cannot convert sections or other tags of Mustache than {{variable}}");
}

function refusePartials(partialVariables: object | undefined): void {
  const names = Object.keys(partialVariables ?? {});
  if (names.length === 0) return;
  throw refused(`cannot convert partial variables: ${names.join(", ")}`);
}

function refused(why: string) {
  return invalidParameter(`fromLangChain() ${why}.`);
}
