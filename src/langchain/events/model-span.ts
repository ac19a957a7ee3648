import { cutText } from "../../data/bounded-text.js";
import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import type { OpenSpan } from "../../recording/call.js";
import { SpanAttributeKey } from "../../trace/span.js";
import { assistantMessage, markMessage, toChatMessage } from "../chat/message.js";
import { toChatTools } from "../chat/tools.js";
import { finishReasonOf } from "./finish-reason.js";
import { readMessageType } from "./read.js";
import { readReasoningTokens, readUsage } from "./usage.js";
import { field, isDictionary, textField } from "./values.js";

/** Sets the attributes known at the start of a model run: parameters, provider, tools. */
export function describeModel(
  span: OpenSpan,
  extra: PlainObject | undefined,
  metadata: Plain | undefined,
): void {
  for (const name of ["invocation_params", "options", "batch_size"]) {
    const value = extra?.[name];
    if (value !== undefined) span.setAttribute(name, value);
  }
  const params = extra?.invocation_params;
  span.setAttribute(SpanAttributeKey.MESSAGE_FORMAT, "langchain");
  const tools = toChatTools(toolsOf(params) ?? toolsOf(extra?.options));
  if (tools) span.setAttribute(SpanAttributeKey.CHAT_TOOLS, tools);
  const model = textField(metadata, "ls_model_name") ?? textField(params, "model", "model_name");
  if (model !== undefined) span.setAttribute(SpanAttributeKey.MODEL, model);
  const provider = textField(metadata, "ls_provider") ?? providerOf(textField(params, "_type"));
  if (provider !== undefined) span.setAttribute(SpanAttributeKey.PROVIDER, provider);
}

/** The tools of a request. Bedrock's are within another object. */
function toolsOf(params: Plain | undefined): Plain | undefined {
  return field(params, "tools") ?? field(field(params, "toolConfig"), "tools");
}

function providerOf(type: string | undefined): string | undefined {
  return type?.replace(/^chat-|-chat$/, "");
}

/** Converts a single conversation to chat messages. Returns any other value unchanged. */
export function chatInputs(conversations: Plain | undefined): Plain | undefined {
  // The trace is full.
  if (typeof conversations === "string") return { messages: [markMessage(conversations)] };
  const [messages] = isPlainArray(conversations) && conversations.length === 1 ? conversations : [];
  if (typeof messages === "string") return { messages: [markMessage(messages)] };
  if (!isPlainArray(messages)) return conversations;
  return {
    messages: messages.map((message) => toChatMessage(message) ?? markMessage(textOf(message))),
  };
}

function textOf(mark: Plain): string {
  return typeof mark === "string" ? mark : toJson(mark);
}

type Live = Readonly<Record<string, unknown>>;

/** More generations of one prompt are not recorded. */
const MAX_GENERATIONS = 1000;

/**
 * Sets the outputs to OpenAI's `choices` and records the token usage of an `LLMResult`. Facts come from the live
 * result: a limit shortens the copy that `copy` makes of a message.
 */
export function describeResult(
  span: OpenSpan,
  result: unknown,
  copy: (value: unknown) => Plain | undefined,
): void {
  const { generations, llmOutput } = isDictionary(result) ? result : {};
  const first: unknown = Array.isArray(generations) ? generations[0] : undefined;
  const live = Array.isArray(first) ? first.slice(0, MAX_GENERATIONS).filter(isDictionary) : [];
  const audio = field(field(span.attributes.invocation_params, "audio"), "format");
  const audioFormat = typeof audio === "string" ? audio : undefined;
  const choices = live.map((generation) => toChoice(generation, copy, audioFormat));
  const nothing = {
    message: assistantMessage("[the model returned nothing]"),
    finish_reason: null,
  };
  span.setOutputs({ choices: choices.length > 0 ? choices : [nothing] });
  const messages = live.map(({ message }) => message);
  describeUsage(span, messages, llmOutput);
}

/** Records the token usage of live messages, or of another result that has `usage_metadata`. */
export function describeUsage(
  span: OpenSpan,
  messages: readonly unknown[],
  llmOutput?: unknown,
): void {
  const usage = readUsage(messages, llmOutput);
  if (usage) span.setAttribute(SpanAttributeKey.TOKEN_USAGE, usage);
  const reasoningTokens = readReasoningTokens(messages);
  if (reasoningTokens) span.setAttribute("langchain.reasoning_tokens", reasoningTokens);
}

/** The generations of the first prompt. LangChain.js starts a run for each prompt. */
export function firstList(generations: Plain | undefined): readonly PlainObject[] {
  const [first] = isPlainArray(generations) ? generations : [];
  return isPlainArray(first) ? first.filter(isPlainObject) : [];
}

function toChoice(
  generation: Live,
  copy: (value: unknown) => Plain | undefined,
  audioFormat: string | undefined,
): PlainObject {
  const { message, text } = generation;
  const chat = isDictionary(message) ? chatResult(message, copy(message), audioFormat) : undefined;
  const plain = chat ? undefined : copy(text);
  return {
    message: chat ?? assistantMessage(typeof plain === "string" ? plain : ""),
    finish_reason: finishReasonOf(generation),
  };
}

/** The message of a result. A copy that a limit shortened is completed: who says it, and which tools it calls. */
function chatResult(
  message: Live,
  copy: Plain | undefined,
  audioFormat: string | undefined,
): PlainObject | undefined {
  const type = readMessageType(message);
  const fields = isPlainObject(copy) ? copy : { content: copy };
  const calls = completeCalls(message.tool_calls, fields.tool_calls);
  return toChatMessage(
    { ...fields, ...(type === undefined ? {} : { type }), ...(calls ? { tool_calls: calls } : {}) },
    audioFormat,
  );
}

const MAX_CALLS = 1000;
const MAX_NAME_CHARACTERS = 200;

/** The names and ids of a message's tool calls, if its copy does not have all of them. */
function completeCalls(live: unknown, copy: Plain | undefined): readonly PlainObject[] | undefined {
  if (!Array.isArray(live) || live.length === 0) return undefined;
  const isComplete = isPlainArray(copy) && copy.length === live.length && copy.every(isPlainObject);
  if (isComplete) return undefined;
  return live
    .slice(0, MAX_CALLS)
    .filter(isDictionary)
    .map(({ id, name }) => ({
      id: shortText(id),
      name: shortText(name),
      args: "[dropped: too large]",
    }));
}

function shortText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return value.length > MAX_NAME_CHARACTERS ? cutText(value, MAX_NAME_CHARACTERS) : value;
}

/** The result of a stream that did not complete: the consumer's concatenated message, or the longer text. */
export function partialResult(consumed: Plain | undefined, streamed: string): Plain | undefined {
  const isLonger = typeof consumed === "string" && consumed.length > streamed.length;
  const text = isLonger ? consumed : streamed;
  const message = toChatMessage(consumed) ?? (text === "" ? undefined : assistantMessage(text));
  return message && { choices: [{ message, finish_reason: null }] };
}
