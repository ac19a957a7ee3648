import { attempt } from "../base/show.js";
import { asList, type Fields, fieldsOf } from "../models/dump.js";

const ROLES: Readonly<Record<string, string>> = { developer: "system" };

/** Converts the input of a request of OpenAI's Responses API to messages that LangChain accepts. */
export function messagesOf(input: readonly unknown[]): Fields[] {
  const messages: Fields[] = [];
  for (const item of input.map((one) => fieldsOf(one) ?? {})) {
    const { type = "message" } = item;
    if (type === "function_call") addToolCall(messages, item);
    else if (type === "function_call_output") {
      const { call_id: id, output } = item;
      const content = typeof output === "string" ? output : JSON.stringify(output ?? null);
      messages.push({ role: "tool", tool_call_id: id, content });
    } else if (type === "message") {
      const role = ROLES[String(item.role)] ?? item.role;
      messages.push({ role, content: contentOf(item.content) });
    }
  }
  return messages;
}

/** Calls of one turn are in one message. */
function addToolCall(messages: Fields[], { call_id: id, name, arguments: text }: Fields): void {
  const call = { id, type: "function", function: { name, arguments: text } };
  const last = messages.at(-1);
  const calls = last?.role === "assistant" ? asList(last.tool_calls) : undefined;
  if (last && calls) messages[messages.length - 1] = { ...last, tool_calls: [...calls, call] };
  else messages.push({ role: "assistant", content: "", tool_calls: [call] });
}

/** Texts become one string, so that every model accepts them. Images and files have OpenAI's form for chat. */
function contentOf(content: unknown): unknown {
  const blocks = asList(content)?.map((block) => fieldsOf(block) ?? {});
  if (!blocks) return content;
  const texts = blocks.map(({ text, refusal }) => text ?? refusal);
  if (texts.every((text) => typeof text === "string")) return texts.join("");
  return blocks.map((block) => {
    const { type, text, image_url: url, detail } = block;
    if (typeof text === "string") return { type: "text", text };
    if (type !== "input_image") return { ...block, type: "file" };
    return { type: "image_url", image_url: { url, ...(detail ? { detail } : {}) } };
  });
}

const newId = (prefix: string) => `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;

/** A text as an item of a response. */
export function textItem(text: string, id: unknown = undefined): Fields {
  return {
    id: typeof id === "string" ? id : newId("msg"),
    content: [{ text, type: "output_text", annotations: [] }],
    role: "assistant",
    type: "message",
  };
}

/** Converts a message, in LangChain's dump form or in OpenAI's, to items of a response. Other messages have no items. */
export function itemsOfMessage(message: unknown): Fields[] {
  const fields = fieldsOf(message);
  const kind = String(fields?.type ?? fields?.role);
  if (!fields) return [];
  if (kind === "tool") {
    const output = textOf(fields.content) || JSON.stringify(fields.content ?? null);
    return [{ type: "function_call_output", call_id: fields.tool_call_id, output }];
  }
  if (kind !== "ai" && kind !== "AIMessageChunk" && kind !== "assistant") return [];
  const text = textOf(fields.content);
  const calls = (asList(fields.tool_calls) ?? []).map(callItem);
  return text === "" ? calls : [textItem(text, fields.id), ...calls];
}

function callItem(call: unknown): Fields {
  const { id, name, args, function: inner } = fieldsOf(call) ?? {};
  const openAi = fieldsOf(inner);
  const text = openAi?.arguments ?? attempt(() => JSON.stringify(args ?? {}));
  return {
    id: newId("fc"),
    type: "function_call",
    call_id: typeof id === "string" ? id : newId("call"),
    name: openAi?.name ?? name,
    arguments: typeof text === "string" ? text : "{}",
  };
}

/** The text of a message's content. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const texts = (asList(content) ?? []).map((block) =>
    typeof block === "string" ? block : fieldsOf(block)?.text,
  );
  return texts.filter((text) => typeof text === "string").join("");
}

/** The items of an answer. An answer that is a response of OpenAI already has its own. */
export function itemsOfAnswer(answer: unknown, request: readonly Fields[]): readonly unknown[] {
  if (typeof answer === "string") return [textItem(answer)];
  const fields = fieldsOf(answer);
  const output = asList(fields?.output);
  if (output) return output;
  const messages = asList(fields?.messages);
  if (messages) return newMessages(messages, request).flatMap(itemsOfMessage);
  const [choice] = asList(fields?.choices) ?? [];
  if (choice) return itemsOfMessage({ id: fields?.id, ...fieldsOf(fieldsOf(choice)?.message) });
  const items = itemsOfMessage(answer);
  return items.length > 0 ? items : [textItem(JSON.stringify(answer ?? null))];
}

/** The state of a graph also has the messages of the request, and those of earlier requests of the same thread. */
function newMessages(state: readonly unknown[], request: readonly Fields[]): readonly unknown[] {
  const last = request.at(-1);
  const isLast = (message: unknown) => {
    const { type, tool_call_id: id } = fieldsOf(message) ?? {};
    if (last?.role === "user") return type === "human";
    return last?.role === "tool" && type === "tool" && id === last.tool_call_id;
  };
  const at = state.findLastIndex(isLast);
  return state.slice(at >= 0 ? at + 1 : request.length);
}
