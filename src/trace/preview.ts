import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../data/plain.js";

const MAX_PREVIEW_CHARACTERS = 1000;
const MAX_METADATA_CHARACTERS = 250;

/** Returns the preview in a list of traces: the last message of this role in a conversation, else the JSON. */
export function previewOf(
  value: Plain | undefined,
  role: "user" | "assistant",
): string | undefined {
  if (value === undefined) return undefined;
  return cut(
    lastMessage(value, role) ?? toJson(value, "python", MAX_PREVIEW_CHARACTERS),
    MAX_PREVIEW_CHARACTERS,
  );
}

/** Returns the root's input or output as trace metadata, for older UIs without previews. */
export function metadataOf(value: Plain | undefined): string {
  return value === undefined
    ? ""
    : cut(toJson(value, "python", MAX_METADATA_CHARACTERS), MAX_METADATA_CHARACTERS);
}

function cut(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 3)}...` : text;
}

/** As in MLflow, a conversation is a list of messages in one of these fields. */
function lastMessage(value: Plain, role: "user" | "assistant"): string | undefined {
  if (!isPlainObject(value)) return undefined;
  const { choices } = value;
  if (isPlainArray(choices)) {
    const [first] = choices;
    return isPlainObject(first) ? textOfMessage(first.message) : undefined;
  }
  const { request } = value;
  const nested = isPlainObject(request) ? request.messages : undefined;
  for (const list of [value.messages, value.input, value.output, nested]) {
    if (!isPlainArray(list)) continue;
    const messages = list.filter((item) => isPlainObject(item) && roleOf(item) === role);
    const found = textOfMessage(messages.at(-1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** LangChain's messages have a `type` instead of a `role`. */
function roleOf({ role, type }: PlainObject): Plain | undefined {
  if (role !== undefined) return role;
  if (type === "human") return "user";
  return type === "ai" || type === "AIMessageChunk" ? "assistant" : undefined;
}

function textOfMessage(message: Plain | undefined): string | undefined {
  if (!isPlainObject(message)) return undefined;
  const { content } = message;
  if (typeof content === "string") return content === "" ? undefined : content;
  if (!isPlainArray(content)) return undefined;
  const texts = content.map((part) => (isPlainObject(part) ? part.text : part));
  const text = texts.filter((part): part is string => typeof part === "string").join("");
  return text === "" ? undefined : text;
}
