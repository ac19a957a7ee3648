import { toChatMessage } from "../../callbacks/chat.js";
import { isPlainObject, type Plain, type PlainObject } from "../../trace/plain.js";
import { pythonType } from "./python-text.js";
import { isRecord } from "./rows.js";

/**
 * MLflow's courtesy to chat clients: an input that is exactly `{ messages: […] }` becomes LangChain's
 * messages, and a text or message that comes of it an OpenAI chat completion. Mirrors
 * `mlflow.langchain.utils.chat`.
 */
export function isChatRequest(input: unknown): input is { readonly messages: readonly unknown[] } {
  if (!isRecord(input) || Object.keys(input).length !== 1 || !Array.isArray(input.messages)) {
    return false;
  }
  const isMessage = (one: unknown) =>
    isRecord(one) && typeof one.role === "string" && Object.hasOwn(one, "content");
  return input.messages.length > 0 && input.messages.every(isMessage);
}

/** Models that take `messages` themselves (graphs, agents, prompts with a variable of that name) are left alone. */
export function takesMessages(model: object): boolean {
  const {
    lg_is_pregel: isGraph,
    first,
    inputVariables,
  } = model as {
    readonly lg_is_pregel?: unknown;
    readonly first?: unknown;
    readonly inputVariables?: unknown;
  };
  if (isGraph === true) return true;
  if (Array.isArray(inputVariables)) return inputVariables.includes("messages");
  return typeof first === "object" && first !== null && takesMessages(first);
}

const NO_USAGE = { prompt_tokens: null, completion_tokens: null, total_tokens: null };

/** The answer to a chat request, from the plain data of what the model gave. */
export function toChatCompletion(
  result: Plain | undefined,
  createdSeconds: number,
): Plain | undefined {
  const answer = answerOf(result);
  if (!answer) return result;
  return {
    id: answer.id,
    object: "chat.completion",
    created: createdSeconds,
    model: "",
    choices: [{ index: 0, message: answer.message, finish_reason: null }],
    usage: NO_USAGE,
  };
}

/** The same of one chunk of a stream. */
export function toChatChunk(chunk: Plain | undefined, createdSeconds: number): Plain | undefined {
  const answer = answerOf(chunk);
  if (!answer) return chunk;
  return {
    id: answer.id,
    object: "chat.completion.chunk",
    created: createdSeconds,
    model: "",
    choices: [
      {
        index: 0,
        finish_reason: finishReason(chunk),
        delta: { role: "assistant", content: answer.message.content ?? "" },
      },
    ],
  };
}

function answerOf(result: Plain | undefined): { id: Plain; message: PlainObject } | undefined {
  if (typeof result === "string")
    return { id: null, message: { role: "assistant", content: result } };
  if (!isPlainObject(result) || !isAssistant(result.type)) return undefined;
  const { content, tool_calls: toolCalls } = toChatMessage(result) ?? {};
  const calls = toolCalls === null || toolCalls === undefined ? {} : { tool_calls: toolCalls };
  return {
    id: result.id ?? null,
    message: { role: "assistant", content: content ?? null, ...calls },
  };
}

function isAssistant(type: Plain | undefined): boolean {
  return type === "ai" || type === "AIMessageChunk";
}

function finishReason(chunk: Plain | undefined): Plain {
  if (!isPlainObject(chunk)) return null;
  const metadata = chunk.response_metadata;
  const reason = isPlainObject(metadata) ? metadata.finish_reason : undefined;
  return pythonType(reason) === "str" ? (reason as string) : null;
}
