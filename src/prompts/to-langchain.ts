import {
  AIMessagePromptTemplate,
  ChatMessagePromptTemplate,
  ChatPromptTemplate,
  HumanMessagePromptTemplate,
  SystemMessagePromptTemplate,
} from "@langchain/core/prompts";
import { invalidParameter } from "../base/errors.js";
import { noteTemplate, type PromptReference } from "../context/linked-prompts.js";
import { linkTemplateCalls } from "./link-traces.js";
import { type PromptMessage, type PromptTemplate, partsOf } from "./template.js";

/** Converts a template. Traces of calls of the result are linked to the prompt. */
export function toLangChain(
  { name, version }: PromptReference,
  template: PromptTemplate,
): ChatPromptTemplate {
  const isText = typeof template === "string";
  const messages = isText ? [{ role: "user", content: template }] : template;
  const converted = ChatPromptTemplate.fromMessages(messages.map(messageOf));
  noteTemplate(converted, { name, version, isText });
  linkTemplateCalls();
  return converted;
}

function messageOf({ role, content }: PromptMessage) {
  if (typeof content !== "string") {
    throw invalidParameter(
      `PromptVersion.toLangChain() takes messages whose content is a text, got a message of the role '${role}' with other content.`,
    );
  }
  const text = toFString(content);
  if (role === "system") return SystemMessagePromptTemplate.fromTemplate(text);
  if (role === "user") return HumanMessagePromptTemplate.fromTemplate(text);
  if (role === "assistant") return AIMessagePromptTemplate.fromTemplate(text);
  return ChatMessagePromptTemplate.fromTemplate(text, role);
}

function toFString(text: string): string {
  const parts = partsOf(text).map((part) =>
    "variable" in part ? `{${part.variable}}` : part.literal.replace(/[{}]/g, "$&$&"),
  );
  return parts.join("");
}
