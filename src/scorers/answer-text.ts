import { attempt, show } from "../base/show.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the text of an answer in the forms that MLflow reads for judges: a string, the first choice of a chat completion,
 * the last of `messages`, and the last message in the `output` of OpenAI's Responses API. A message, or a list of messages,
 * is read too: models of LangChain return them. Undefined for another value, and for a message that has no text, such as an
 * image.
 */
export function answerText(outputs: unknown): string | undefined {
  return attempt(() => textOf(outputs));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.every(isMessage) ? contentOf(value.at(-1)) : undefined;
  if (isMessage(value)) return contentOf(value);
  const { choices, messages, output } = fieldsOf(value);
  if (Array.isArray(choices)) {
    const { message, text } = fieldsOf(choices[0]);
    return typeof text === "string" ? text : contentOf(message);
  }
  const list = Array.isArray(messages) ? messages : output;
  return Array.isArray(list) ? contentOf(list.at(-1)) : undefined;
}

/** A message of LangChain, live or as data, or of a provider. Other objects may have more than their `content`. */
function isMessage(value: unknown): boolean {
  const fields = fieldsOf(value);
  const { content, role, type, getType, _getType } = fields;
  if (typeof content !== "string" && !Array.isArray(content)) return false;
  const kinds = [role, type, getType, _getType];
  return (
    kinds.some((one) => /string|function/.test(typeof one)) || Object.keys(fields).length === 1
  );
}

/** Joins the text blocks of a message. Blocks of other kinds, such as images and tool calls, have no text. */
function contentOf(message: unknown): string | undefined {
  const { content } = fieldsOf(message);
  if (!Array.isArray(content)) return typeof content === "string" ? content : undefined;
  const texts = content.flatMap((block) => {
    const { text, type = "text" } = typeof block === "string" ? { text: block } : fieldsOf(block);
    return typeof text === "string" && (type === "text" || type === "output_text") ? text : [];
  });
  return texts.length > 0 || content.length === 0 ? texts.join("") : undefined;
}

/** The fields that contain the answer in the results of chains and agents. The first one that exists counts. */
const ANSWER_FIELDS = ["output", "answer", "response", "result", "text", "output_text"] as const;
const MAX_DEPTH = 8;

/**
 * Returns what a scorer without a model compares. Unlike a judge, which also reads the other fields of an object, it needs
 * the text alone: also that of the field `output`, `answer`, `response`, `result`, `text` or `output_text`, and of an object
 * with one field. Other values become JSON. Undefined without an answer.
 */
export function comparedText(outputs: unknown): string | undefined {
  if (outputs === undefined || outputs === null) return undefined;
  return (
    attempt(() => fieldText(outputs, 0)) ?? attempt(() => JSON.stringify(outputs)) ?? show(outputs)
  );
}

function fieldText(value: unknown, depth: number): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = textOf(value);
  if (text !== undefined || depth > MAX_DEPTH) return text;
  const fields = fieldsOf(value);
  const name = ANSWER_FIELDS.find((field) => fields[field] !== undefined && fields[field] !== null);
  if (name !== undefined) return fieldText(fields[name], depth + 1);
  const [only, ...others] = Object.values(fields);
  return others.length === 0 && typeof only === "string" ? only : undefined;
}

/** A message is not a plain object. */
function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
