import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import type { OpenSpan } from "../../recording/call.js";
import { SpanAttributeKey } from "../../trace/span.js";
import { assistantMessage, toChatMessage, toChatMessages, toChatTools } from "./chat.js";
import { readUsage } from "./usage.js";
import { field, textField } from "./values.js";

/** Sets the attributes known at the start of a model run: parameters, provider, tools. */
export function describeModel(
  span: OpenSpan,
  extra: PlainObject | undefined,
  metadata: Plain | undefined,
): void {
  const { attributes } = span;
  for (const name of ["invocation_params", "options", "batch_size"]) {
    const value = extra?.[name];
    if (value !== undefined) attributes[name] = value;
  }
  const params = extra?.invocation_params;
  attributes[SpanAttributeKey.MESSAGE_FORMAT] = "langchain";
  const tools = toChatTools(field(params, "tools"));
  if (tools) attributes[SpanAttributeKey.CHAT_TOOLS] = tools;
  const model = textField(metadata, "ls_model_name") ?? textField(params, "model", "model_name");
  if (model !== undefined) attributes[SpanAttributeKey.MODEL] = model;
  const provider = textField(metadata, "ls_provider") ?? providerOf(textField(params, "_type"));
  if (provider !== undefined) attributes[SpanAttributeKey.PROVIDER] = provider;
}

function providerOf(type: string | undefined): string | undefined {
  return type?.replace(/^chat-|-chat$/, "");
}

/** Converts a single conversation to chat messages. Returns any other value unchanged. */
export function chatInputs(conversations: Plain | undefined): Plain | undefined {
  const only = isPlainArray(conversations) && conversations.length === 1;
  const messages = only ? toChatMessages(conversations[0]) : undefined;
  return messages ? { messages } : conversations;
}

/** Sets the outputs to OpenAI's `choices` and records the token usage of an `LLMResult`. */
export function describeResult(span: OpenSpan, result: Plain | undefined): void {
  const generations = firstList(field(result, "generations"));
  const messages = generations.map((generation) => field(generation, "message"));
  span.outputs = { choices: generations.map(toChoice) };
  const usage = readUsage(messages, field(result, "llmOutput"));
  if (usage) span.attributes[SpanAttributeKey.TOKEN_USAGE] = usage;
}

/** The generations of the first prompt. LangChain.js starts a run for each prompt. */
export function firstList(generations: Plain | undefined): readonly PlainObject[] {
  const [first] = isPlainArray(generations) ? generations : [];
  return isPlainArray(first) ? first.filter(isPlainObject) : [];
}

function toChoice(generation: PlainObject): PlainObject {
  const text = textField(generation, "text") ?? "";
  const message = toChatMessage(field(generation, "message")) ?? assistantMessage(text);
  return { message, finish_reason: finishReason(generation) };
}

const REASONS = ["finish_reason", "stop_reason", "finishReason", "done_reason"] as const;

function finishReason(generation: PlainObject): Plain {
  const info = field(generation, "generationInfo", "generation_info");
  const metadata = field(field(generation, "message"), "response_metadata");
  return textField(info, ...REASONS) ?? textField(metadata, ...REASONS) ?? null;
}

/** The result of a stream that did not complete: the consumer's concatenated message, or the longer text. */
export function partialResult(consumed: Plain | undefined, streamed: string): Plain | undefined {
  const isLonger = typeof consumed === "string" && consumed.length > streamed.length;
  const text = isLonger ? consumed : streamed;
  const message = toChatMessage(consumed) ?? (text === "" ? undefined : assistantMessage(text));
  return message && { choices: [{ message, finish_reason: null }] };
}
