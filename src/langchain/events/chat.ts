import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";

const ROLES: Readonly<Record<string, string>> = {
  human: "user",
  ai: "assistant",
  AIMessageChunk: "assistant",
  HumanMessageChunk: "user",
  SystemMessageChunk: "system",
  ToolMessageChunk: "tool",
};

/** Converts LangChain's dump of a message to the OpenAI chat message that MLflow's UI renders. */
export function toChatMessage(message: Plain | undefined): PlainObject | undefined {
  if (!isPlainObject(message)) return undefined;
  const type = text(message.type) ?? "user";
  const toolCalls = toToolCalls(message);
  const content = toContent(message.content, toolCalls !== null);
  return {
    role: text(message.role) ?? ROLES[type] ?? type,
    content,
    tool_calls: toolCalls,
    refusal: refusal(message),
    tool_call_id: message.tool_call_id ?? null,
  };
}

/** Returns undefined if one of them is not a message. */
export function toChatMessages(messages: Plain | undefined): readonly PlainObject[] | undefined {
  if (!isPlainArray(messages)) return undefined;
  const converted: PlainObject[] = [];
  for (const message of messages) {
    const chat = toChatMessage(message);
    if (!chat) return undefined;
    converted.push(chat);
  }
  return converted;
}

/** The tool calls of an assistant, including invalid ones. */
function toToolCalls(message: PlainObject): Plain {
  const valid = isPlainArray(message.tool_calls) ? message.tool_calls : [];
  const invalid = isPlainArray(message.invalid_tool_calls) ? message.invalid_tool_calls : [];
  const calls = [...valid, ...invalid].filter(isPlainObject).map((call) => ({
    id: call.id ?? null,
    type: "function",
    function: {
      name: call.name ?? null,
      arguments: typeof call.args === "string" ? call.args : toJson(call.args, "python"),
    },
  }));
  return calls.length > 0 ? calls : null;
}

function toContent(content: Plain | undefined, hasToolCalls: boolean): Plain {
  if (content === undefined || (content === "" && hasToolCalls)) return null;
  if (!isPlainArray(content)) return content;
  // Anthropic repeats tool calls as content blocks. They are already in `tool_calls`.
  return content.filter((block) => !isPlainObject(block) || block.type !== "tool_use");
}

function refusal(message: PlainObject): Plain {
  const extra = message.additional_kwargs;
  return isPlainObject(extra) && typeof extra.refusal === "string" ? extra.refusal : null;
}

function text(value: Plain | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Converts tool definitions to OpenAI's form. Of a tool in another form, only the name and description are kept. */
export function toChatTools(tools: Plain | undefined): readonly PlainObject[] | undefined {
  if (!isPlainArray(tools)) return undefined;
  const converted = tools.filter(isPlainObject).map(toChatTool);
  return converted.length > 0 ? converted : undefined;
}

function toChatTool(tool: PlainObject): PlainObject {
  const inner = isPlainObject(tool.function) ? tool.function : tool;
  const { name = null, description, parameters } = inner;
  const isOpenAi = tool.type === "function" && isPlainObject(tool.function);
  return {
    type: "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(isOpenAi && parameters !== undefined ? { parameters } : {}),
    },
  };
}

/** Converts a model's text to a message. */
export function assistantMessage(content: string): PlainObject {
  return { role: "assistant", content, tool_calls: null, refusal: null, tool_call_id: null };
}
