import { isPlainArray, isPlainObject, type Plain, toJson } from "./plain.js";

const MAX_PREVIEW_CHARACTERS = 1000;
const MAX_METADATA_CHARACTERS = 250;
const MAX_READ_CHARACTERS = 200_000;

/** The line a trace list shows: the last user's (assistant's) words of a conversation, else the JSON. */
export function previewOf(
  value: Plain | undefined,
  role: "user" | "assistant",
): string | undefined {
  if (value === undefined) return undefined;
  return cut(lastMessage(value, role) ?? jsonOf(value), MAX_PREVIEW_CHARACTERS);
}

/** The root's input or output as trace metadata, for user interfaces that know no previews. */
export function metadataOf(value: Plain | undefined): string {
  return value === undefined ? "" : cut(jsonOf(value), MAX_METADATA_CHARACTERS);
}

function jsonOf(value: Plain): string {
  // Only the beginning is shown: a huge text is not written out for it.
  const isHuge = typeof value === "string" && value.length > MAX_READ_CHARACTERS;
  return toJson(isHuge ? value.slice(0, MAX_READ_CHARACTERS) : value, "python");
}

function cut(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters - 3)}...` : text;
}

/** MLflow's rule: lists of `{ role, content }` under the names a conversation goes by. */
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
    const messages = list.filter((item) => isPlainObject(item) && item.role === role);
    const found = textOfMessage(messages.at(-1));
    if (found !== undefined) return found;
  }
  return undefined;
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
