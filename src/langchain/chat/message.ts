import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import { blockParts } from "./content-blocks.js";
import { audioParts } from "./media.js";
import type { Part } from "./part.js";
import { reasoningBeside } from "./reasoning.js";
import { roleOf } from "./roles.js";
import { toolCallsOf } from "./tool-calls.js";

/**
 * Converts LangChain's dump of a message to the OpenAI chat message that MLflow's UI renders. `audioFormat` is the
 * format that the request asked for: a spoken answer does not name its format.
 */
export function toChatMessage(
  message: Plain | undefined,
  audioFormat?: string,
): PlainObject | undefined {
  if (!isPlainObject(message)) return undefined;
  const { role, unknown } = roleOf(message);
  const parts = partsOf(message, audioFormat);
  const known = toolCallsOf(message);
  // Providers repeat the tool calls among the content blocks.
  const isKnown = known.length > 0 || parts.length === 0;
  const calls = isKnown ? known : select(parts, "tool call").map(({ call }) => call);
  const refusal = refusalOf(message, parts);
  const reasoning = textsOf(parts, "reasoning") || reasoningBeside(message);
  const own = toContent(message.content, parts) ?? null;
  // In OpenAI's form, a message with tool calls has no empty content. The UI does not show refusals.
  const content = isEmpty(own) && (calls.length > 0 || refusal !== null) ? refusal : own;
  const chat = {
    role,
    content: unknown === undefined ? content : withMark(`[role: ${unknown}]`, content),
    tool_calls: calls.length > 0 ? calls : null,
    refusal,
    tool_call_id: message.tool_call_id ?? null,
  };
  return reasoning === "" ? chat : { ...chat, reasoning };
}

/** Converts a model's text to a message. */
export function assistantMessage(content: string): PlainObject {
  return { role: "assistant", content, tool_calls: null, refusal: null, tool_call_id: null };
}

/** A message in place of messages that were not recorded. */
export function markMessage(content: string): PlainObject {
  return { role: "system", content, tool_calls: null, refusal: null, tool_call_id: null };
}

/** Most messages have a text alone. */
const NO_PARTS: readonly Part[] = [];

function partsOf(message: PlainObject, audioFormat: string | undefined): readonly Part[] {
  const inContent = partsOfContent(message.content);
  const beside = partsBeside(message, audioFormat);
  return beside.length === 0 ? inContent : [...inContent, ...beside];
}

function partsOfContent(content: Plain | undefined): readonly Part[] {
  if (isPlainArray(content)) return content.flatMap(blockParts);
  return isPlainObject(content) ? blockParts(content) : NO_PARTS;
}

/** What a provider's package keeps beside the content: a spoken answer, the results of built-in tools. */
function partsBeside(message: PlainObject, audioFormat: string | undefined): readonly Part[] {
  const extra = message.additional_kwargs;
  if (!isPlainObject(extra)) return NO_PARTS;
  const { audio, tool_outputs: outputs } = extra;
  const spoken = isPlainObject(audio) ? audioParts(audio, audioFormat) : NO_PARTS;
  return isPlainArray(outputs) ? [...spoken, ...outputs.flatMap(blockParts)] : spoken;
}

/** A text, a list of blocks, or undefined if there is no content. */
function toContent(content: Plain | undefined, parts: readonly Part[]): Plain | undefined {
  if (typeof content === "string" && parts.length === 0) return content;
  const blocks = select(parts, "content").map(({ block }) => block);
  if (isPlainArray(content) || isPlainObject(content)) return blocks;
  const text = typeof content === "string" || isMissing(content) ? content : toJson(content);
  if (blocks.length === 0) return text;
  return text ? [{ type: "text", text }, ...blocks] : blocks;
}

function isMissing(content: Plain | undefined): content is null | undefined {
  return content === undefined || content === null;
}

function isEmpty(content: Plain | undefined): boolean {
  return isMissing(content) || content === "" || (isPlainArray(content) && content.length === 0);
}

function refusalOf(message: PlainObject, parts: readonly Part[]): string | null {
  const extra = message.additional_kwargs;
  const beside = isPlainObject(extra) ? extra.refusal : undefined;
  if (typeof beside === "string" && beside !== "") return beside;
  return textsOf(parts, "refusal") || null;
}

/** Names a role that MLflow's UI does not know. */
function withMark(mark: string, content: Plain): Plain {
  if (isPlainArray(content)) return [{ type: "text", text: mark }, ...content];
  return typeof content === "string" && content !== "" ? `${mark} ${content}` : mark;
}

function textsOf(parts: readonly Part[], kind: "reasoning" | "refusal"): string {
  if (parts.length === 0) return "";
  return select(parts, kind)
    .map(({ text }) => text)
    .join("\n\n");
}

function select<Kind extends Part["kind"]>(
  parts: readonly Part[],
  kind: Kind,
): readonly Extract<Part, { kind: Kind }>[] {
  return parts.filter((part): part is Extract<Part, { kind: Kind }> => part.kind === kind);
}
