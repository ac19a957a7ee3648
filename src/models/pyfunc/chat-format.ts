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
import { toChatMessage } from "../../langchain/chat/message.js";
import { dump, type Fields, fieldsOf, isPlainFields, namesOf } from "../dump.js";

/**
 * Converts requests in OpenAI's `{ messages }` form to LangChain messages, for a model that takes messages. Returns undefined when
 * nothing is converted: the model takes something else, or at least one request has another form.
 */
export function toMessages(
  requests: readonly unknown[],
  model: object,
  converts: boolean | undefined,
): readonly (readonly BaseMessage[])[] | undefined {
  const isWanted = converts ?? (requests.every(isChatRequest) && mayTakeMessages(model));
  if (!isWanted) return undefined;
  const lists = requests.map((request) => fieldsOf(request)?.messages);
  if (!lists.every(isChatMessages)) return undefined;
  return lists.map((messages) => messages.map(toMessage));
}

/** A model with named inputs, such as a graph, or a prompt with a variable `messages`, takes the dictionary itself. */
function mayTakeMessages(model: object): boolean {
  return !isGraph(model) && !isLegacyChain(model) && !takesMessagesField(model);
}

type LiveFields = Readonly<Record<string, unknown>>;

/** A LangGraph graph, or an agent that contains one. */
function isGraph(model: object): boolean {
  const { lg_is_pregel: isPregel, graph } = model as LiveFields;
  if (isPregel === true) return true;
  return typeof graph === "object" && graph !== null && (graph as LiveFields).lg_is_pregel === true;
}

/** A chain from before LangChain 0.1: it takes and returns named values. */
export function isLegacyChain(model: object): boolean {
  return typeof (model as LiveFields)._chainType === "function";
}

/**
 * Whether the model has an input named `messages`, as far as its fields show: a prompt's variables, the first step of a
 * sequence, the branches of a parallel, the source of a function.
 */
function takesMessagesField(model: unknown): boolean {
  if (typeof model === "function")
    return /\bmessages\b/.test(Function.prototype.toString.call(model));
  if (typeof model !== "object" || model === null) return false;
  const live = model as LiveFields;
  const { inputVariables, keys } = live;
  if (Array.isArray(inputVariables)) return inputVariables.includes("messages");
  if (keys === "messages" || (Array.isArray(keys) && keys.includes("messages"))) return true;
  const inner = [live.first, live.bound, live.runnable, live.mapper, live.func, live.default];
  const branches = [...Object.values(fieldsOf(live.steps) ?? {}), ...branchesOf(live.branches)];
  return [...inner, ...branches].some(takesMessagesField);
}

function branchesOf(branches: unknown): unknown[] {
  return Array.isArray(branches) ? branches.flat() : [];
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

/** Converts a string or an assistant's message to OpenAI's form. Any other response is returned unchanged. */
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

/** Converts one chunk of a stream to OpenAI's form. A model that does not stream yields one whole message. */
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
