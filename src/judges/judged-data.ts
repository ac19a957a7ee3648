import { attempt } from "../base/show.js";
import { setField } from "../data/plain.js";
import { answerText } from "../scorers/answer-text.js";

/** JSON data that a judge reads. */
export type Judged = string | number | boolean | null | readonly Judged[] | JudgedFields;

export interface JudgedFields {
  readonly [name: string]: Judged;
}

/**
 * Copies a value of the app as JSON data. Texts stay unchanged. Messages of LangChain become role and content, and what
 * JSON does not have becomes a text.
 */
export function judgedData(value: unknown): Judged {
  return copy(value, []);
}

function copy(value: unknown, around: readonly object[]): Judged {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return attempt(() => value.toISOString()) ?? "Invalid Date";
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return around.includes(value) ? "[circular reference]" : copyObject(value, [...around, value]);
}

function copyObject(value: object, around: readonly object[]): Judged {
  if (Array.isArray(value)) return value.map((item) => copy(item, around));
  if (value instanceof Set) return [...value].map((item) => copy(item, around));
  const entries = value instanceof Map ? [...value] : Object.entries(messageFields(value) ?? value);
  const fields: JudgedFields = {};
  for (const [name, field] of entries) {
    if (field === undefined || typeof field === "function") continue;
    setField(fields, String(name), copy(field, around));
  }
  return fields;
}

/** A message of LangChain, of any copy of core. Undefined for another value. */
function messageFields(value: object): object | undefined {
  if (!("content" in value && "_getType" in value && typeof value._getType === "function")) {
    return undefined;
  }
  const role: unknown = value._getType();
  const calls = "tool_calls" in value && Array.isArray(value.tool_calls) ? value.tool_calls : [];
  return { role, content: value.content, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** The last text of a conversation `{ messages }`, as Python passes it to a judge, else the value. */
export function requestOf(inputs: Judged): Judged {
  const messages = fieldOf(inputs, "messages");
  if (!Array.isArray(messages) || messages.length === 0) return inputs;
  return messages.length > 1 ? messages : (fieldOf(messages[0], "content") ?? inputs);
}

/** The text of an answer, else the value. */
export function responseOf(outputs: Judged): Judged {
  return answerText(outputs) ?? outputs;
}

export function fieldOf(value: Judged | undefined, name: string): Judged | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as JudgedFields)[name] : undefined;
}
