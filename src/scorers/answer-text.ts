import { attempt, show } from "../base/show.js";
import { isDictionary } from "../settings/kinds.js";

type Fields = Readonly<Record<string, unknown>>;

/** The fields that contain the answer in the results of chains, agents and APIs. The first one that exists counts. */
const ANSWER_FIELDS = ["output", "answer", "response", "result", "text", "output_text"] as const;
const MAX_DEPTH = 8;

/**
 * Returns the text of an answer: a string, the content of a message, the last message of the model in `messages`, the
 * first choice of OpenAI, the field `output`, `answer`, `response`, `result`, `text` or `output_text`, or the value of an
 * object with one field. Other values become JSON. Undefined without an answer.
 */
export function answerText(outputs: unknown): string | undefined {
  if (outputs === undefined || outputs === null) return undefined;
  return (
    attempt(() => textOf(outputs, 0)) ?? attempt(() => JSON.stringify(outputs)) ?? show(outputs)
  );
}

/** Returns undefined for a value that has no known form. */
function textOf(value: unknown, depth: number): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return isMessages(value) ? lastAnswer(value, depth) : undefined;
  if (!isDictionary(value)) return undefined;
  const fields = value as Fields;
  if (isMessage(fields)) return contentText(fields.content);
  if (Array.isArray(fields.messages)) return lastAnswer(fields.messages, depth);
  if (Array.isArray(fields.choices)) return choiceText(fields.choices[0], depth);
  const name = ANSWER_FIELDS.find((field) => fields[field] !== undefined && fields[field] !== null);
  if (name !== undefined) return textOf(fields[name], depth + 1);
  const [only, ...others] = Object.values(fields);
  return others.length === 0 && typeof only === "string" ? only : undefined;
}

/** A message of LangChain, live or as data, or of a provider. */
function isMessage(value: unknown): boolean {
  if (!isDictionary(value)) return false;
  const { content, role, type, getType, _getType } = value as Fields;
  if (typeof content !== "string" && !Array.isArray(content)) return false;
  return (
    typeof role === "string" ||
    typeof type === "string" ||
    typeof getType === "function" ||
    typeof _getType === "function"
  );
}

function isMessages(list: readonly unknown[]): boolean {
  return list.length > 0 && list.every(isMessage);
}

/** The last message of the model that has text, else the last message. */
function lastAnswer(messages: readonly unknown[], depth: number): string | undefined {
  const known = messages.filter(isMessage) as Fields[];
  const answers = known.filter((message) => /^(ai|assistant)/i.test(roleOf(message)));
  const last = answers.findLast((message) => contentText(message.content) !== "");
  return textOf(last ?? answers.at(-1) ?? known.at(-1), depth + 1);
}

function roleOf(message: Fields): string {
  const { role, getType, _getType, type } = message;
  if (typeof role === "string") return role;
  const read = typeof getType === "function" ? getType : _getType;
  return String(typeof read === "function" ? read.call(message) : type);
}

function choiceText(choice: unknown, depth: number): string | undefined {
  if (!isDictionary(choice)) return undefined;
  const { message, text } = choice as Fields;
  if (typeof text === "string") return text;
  if (isDictionary(message)) return contentText((message as Fields).content);
  return textOf(message, depth + 1);
}

/** Joins the text blocks of a message. Blocks of other kinds, such as images and tool calls, have no text. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map(blockText).join("");
}

function blockText(block: unknown): string {
  if (typeof block === "string") return block;
  if (!isDictionary(block)) return "";
  const { text, type } = block as Fields;
  const isAnswer = type === undefined || type === "text" || type === "output_text";
  return isAnswer && typeof text === "string" ? text : "";
}
