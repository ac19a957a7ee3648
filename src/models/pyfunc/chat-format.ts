import {
  AIMessage,
  type BaseMessage,
  FunctionMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { invalidParameter } from "../../base/errors.js";
import type { Plain } from "../../data/plain.js";
import { toChatMessage } from "../../langchain/events/chat.js";
import { dump, type Fields, fieldsOf, isPlainFields, namesOf } from "../dump.js";
import { isGraph, isLegacyChain, takesMessagesField } from "./raw-model.js";

/**
 * OpenAI's `{ messages }` as LangChain messages, for a model that takes those; one of several inputs that is
 * something else keeps all as they are. Undefined where nothing is to convert.
 */
export function toMessages(
  requests: readonly unknown[],
  model: object,
  converts: boolean | undefined,
): readonly (readonly BaseMessage[])[] | undefined {
  const isWanted = converts ?? (mayTakeMessages(model) && requests.every(isChatRequest));
  if (!isWanted) return undefined;
  const lists = requests.map((request) => fieldsOf(request)?.messages);
  if (!lists.every(isChatMessages)) return undefined;
  return lists.map((messages) => messages.map(toMessage));
}

/** Not what names its own fields: a graph's state, an agent's or a prompt's `messages`. */
function mayTakeMessages(model: object): boolean {
  return !isGraph(model) && !isLegacyChain(model) && !takesMessagesField(model);
}

function isChatRequest(request: unknown): boolean {
  if (typeof request !== "object" || request === null || !isPlainFields(request)) return false;
  return namesOf(request).length === 1 && Array.isArray(request.messages);
}

function isChatMessages(messages: unknown): messages is readonly Fields[] {
  return Array.isArray(messages) && messages.every(isOpenAiMessage);
}

function isOpenAiMessage(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !isPlainFields(message)) return false;
  const { role, content } = message;
  return typeof role === "string" && (typeof content === "string" || Array.isArray(content));
}

function toMessage(message: Fields): BaseMessage {
  const { role, content, name, tool_call_id } = message;
  const fields = { content, ...(typeof name === "string" ? { name } : {}) } as { content: string };
  switch (role) {
    case "system":
      return new SystemMessage(fields);
    case "assistant":
      return new AIMessage(fields);
    case "user":
      return new HumanMessage(fields);
    case "tool":
      return new ToolMessage({ ...fields, tool_call_id: String(tool_call_id) });
    case "function":
      return new FunctionMessage({ ...fields, name: String(name) });
    default:
      throw invalidParameter(`Unrecognized chat message role: ${role}`);
  }
}

const createdNow = () => Math.floor(Date.now() / 1000);

/** A text or an assistant's message in OpenAI's form; any other answer as it is. */
export function toChatCompletion(response: unknown): unknown {
  const answer = typeof response === "string" ? { content: response } : readAnswer(response);
  if (!answer || answer.type === "AIMessageChunk") return response;
  const { role, content, tool_calls } = toChatMessage({ ...answer, type: "ai" } as Plain) ?? {};
  const message = { role, content, ...(tool_calls ? { tool_calls } : {}) };
  return {
    id: answer.id ?? null,
    object: "chat.completion",
    created: createdNow(),
    model: "",
    choices: [{ index: 0, message, finish_reason: null }],
    usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null },
  };
}

/** A piece of a stream in OpenAI's form; a model that does not stream gives the whole message. */
export function toChatChunk(chunk: unknown): unknown {
  const answer = typeof chunk === "string" ? { content: chunk } : readAnswer(chunk);
  if (!answer) return chunk;
  const isWhole = answer.type === "ai";
  const metadata = fieldsOf(answer.response_metadata);
  const finishReason = isWhole ? "stop" : (metadata?.finish_reason ?? null);
  const delta = { role: "assistant", content: answer.content };
  return {
    id: answer.id ?? null,
    object: "chat.completion.chunk",
    created: createdNow(),
    model: "",
    choices: [{ index: 0, finish_reason: finishReason, delta }],
  };
}

function readAnswer(response: unknown): Fields | undefined {
  if (typeof response !== "object" || response === null || isPlainFields(response))
    return undefined;
  const fields = dump(response) as Fields;
  return fields.type === "ai" || fields.type === "AIMessageChunk" ? fields : undefined;
}
