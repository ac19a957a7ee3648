import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { originOf } from "../context/linked-prompts.js";
import { ownField } from "../data/plain.js";
import { readArguments } from "../settings/check-options.js";
import { type PromptMessage, type PromptTemplate, partsOf, type TextPart } from "./template.js";

/** A PromptTemplate of LangChain. Both versions of `@langchain/core` have these fields. */
interface StringTemplate {
  readonly template: string;
  readonly templateFormat?: unknown;
  readonly partialVariables?: Readonly<Record<string, unknown>>;
}

const CALLER = "fromLangChain()";

/**
 * Converts a ChatPromptTemplate or a PromptTemplate of LangChain to a template for `registerPrompt()`. Reads the formats
 * f-string and mustache. Inserts the values of partial variables that are texts.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another object, and for what a prompt of MLflow cannot hold: a
 * MessagesPlaceholder, sections of mustache, content that is not text, partial variables that are functions, names of
 * variables that MLflow does not have, literal text that MLflow reads as a variable.
 * @example
 * const prompt = ChatPromptTemplate.fromTemplate("Hello {name}");
 * await genai.registerPrompt({ name: "greeting", ...genai.fromLangChain(prompt) });
 */
export function fromLangChain(promptTemplate: object): { template: PromptTemplate } {
  const what = `${CALLER} argument \`promptTemplate\``;
  return readArguments(what, () => ({ template: templateOf(promptTemplate, what) }));
}

function templateOf(given: unknown, what: string): PromptTemplate {
  if (isStringTemplate(given)) return textOf(given, {});
  if (!isObject(given) || !Array.isArray(given.promptMessages)) {
    throw invalidParameter(
      `${what} takes a ChatPromptTemplate or a PromptTemplate of LangChain, got ${show(given)}.`,
    );
  }
  const partials = isObject(given.partialVariables) ? given.partialVariables : {};
  const messages = given.promptMessages.map((message: unknown) => messageOf(message, partials));
  const [only] = messages;
  const isText = originOf(given)?.isText && messages.length === 1;
  return isText && only ? only.content : messages;
}

function messageOf(message: unknown, partials: Readonly<Record<string, unknown>>): PromptMessage {
  if (!isObject(message)) throw cannotHold(`the message ${show(message)}`);
  if ("variableName" in message) {
    throw cannotHold(
      `the MessagesPlaceholder '${String(message.variableName)}': prompts of MLflow hold texts only. Register the other messages, and add the placeholder in your app`,
    );
  }
  if (isStringTemplate(message.prompt)) {
    return { role: roleOf(message), content: textOf(message.prompt, partials) };
  }
  if (typeof message.content === "string" && !hasToolCalls(message)) {
    return { role: roleOf(message), content: joined([{ literal: message.content }]) };
  }
  throw cannotHold(`a message of the class ${classOf(message)} with content that is not text`);
}

const ROLES: Readonly<Record<string, string>> = {
  HumanMessagePromptTemplate: "user",
  SystemMessagePromptTemplate: "system",
  AIMessagePromptTemplate: "assistant",
  human: "user",
  system: "system",
  ai: "assistant",
};

function roleOf(message: Readonly<Record<string, unknown>>): string {
  if (typeof message.role === "string" && message.role !== "") return message.role;
  const getType = message._getType ?? message.getType;
  const type = typeof getType === "function" ? String(getType.call(message)) : classOf(message);
  const role = ownField(ROLES, type);
  if (role !== undefined) return role;
  throw cannotHold(`a message of the class ${classOf(message)}, which has no role of a chat`);
}

/** The class that LangChain writes into JSON, which minification does not change. */
function classOf(object: object): string {
  const ownClass: { readonly name: string; readonly lc_name?: unknown } = object.constructor;
  const { name, lc_name: read } = ownClass;
  return typeof read === "function" ? String(read.call(ownClass)) : name;
}

function hasToolCalls({ tool_calls: calls }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(calls) && calls.length > 0;
}

function textOf(
  { template, templateFormat = "f-string", partialVariables = {} }: StringTemplate,
  partials: Readonly<Record<string, unknown>>,
): string {
  const parts = templateFormat === "mustache" ? mustacheParts(template) : fStringParts(template);
  const values = { ...partials, ...partialVariables };
  return joined(
    parts.map((part) => {
      if (!("variable" in part) || !Object.hasOwn(values, part.variable)) return part;
      const value = values[part.variable];
      if (typeof value === "string") return { literal: value };
      throw cannotHold(`the partial variable '${part.variable}', whose value is not text`);
    }),
  );
}

/** Reads it as LangChain does: `{name}`, and doubled braces as literal ones. */
function fStringParts(template: string): TextPart[] {
  const tokens = template.matchAll(/\{\{|\}\}|\{([^}]*)\}|[{}]|[^{}]+/g);
  return Array.from(tokens, ([text, name]): TextPart => {
    if (name !== undefined) return { variable: name };
    if (text === "{" || text === "}") throw cannotHold("a template with a single brace");
    return { literal: text === "{{" ? "{" : text === "}}" ? "}" : text };
  });
}

function mustacheParts(template: string): TextPart[] {
  const tokens = template.matchAll(/\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{\s*([^{}]*?)\s*\}\}|\{|[^{]+/g);
  return Array.from(tokens, ([text, triple, double]): TextPart => {
    const name = triple ?? double?.replace(/^&\s*/, "");
    if (name === undefined) return { literal: text };
    if (/^\w+$/.test(name)) return { variable: name };
    throw cannotHold(`the mustache tag ${text}: prompts of MLflow have variables only`);
  });
}

/** The text with MLflow's variables, if MLflow reads the same ones in it. */
function joined(parts: readonly TextPart[]): string {
  const write = (list: readonly TextPart[], open: string, close: string) =>
    list.map((part) => ("variable" in part ? open + part.variable + close : part.literal)).join("");
  const text = write(parts, "{{", "}}");
  if (write(partsOf(text), "\0", "\0") === write(parts, "\0", "\0")) return text;
  throw cannotHold(
    `${show(text)}: MLflow reads other variables in it. Names are letters, digits, '_' and '.', and do not start with a digit`,
  );
}

function isStringTemplate(value: unknown): value is StringTemplate {
  return isObject(value) && typeof value.template === "string" && "templateFormat" in value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function cannotHold(what: string) {
  return invalidParameter(`${CALLER} cannot convert ${what}.`);
}
