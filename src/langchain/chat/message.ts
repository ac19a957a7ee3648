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
  const isAnswer = role === "assistant" && unknown === undefined;
  const said = isAnswer ? withJoinedTexts(message.content) : message.content;
  const parts = partsOf(message, said, audioFormat);
  const known = toolCallsOf(message);
  // Providers repeat the tool calls among the content blocks.
  const isKnown = known.length > 0 || parts.length === 0;
  const calls = isKnown ? known : select(parts, "tool call").map(({ call }) => call);
  const refusal = refusalOf(message, parts);
  const reasoning = textsOf(parts, "reasoning") || reasoningBeside(message);
  const own = toContent(said, parts) ?? null;
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

function partsOf(
  message: PlainObject,
  content: Plain | undefined,
  audioFormat: string | undefined,
): readonly Part[] {
  const inContent = partsOfContent(content);
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

/**
 * Joins neighbouring texts of an answer, as LangChain's `message.text` does. LangChain makes a block of each token that
 * it streams after a thought, and MLflow's UI starts a new line for each block.
 */
function withJoinedTexts(content: Plain | undefined): Plain | undefined {
  if (!isPlainArray(content) || content.length < 2) return content;
  const joined: Plain[] = [];
  for (const block of content) {
    const last = joined.at(-1);
    if (isText(last) && isText(block)) {
      joined[joined.length - 1] = { type: "text", text: last.text + block.text };
    } else joined.push(block);
  }
  return joined;
}

/** Whether the block has a text and nothing else, such as a citation. */
function isText(
  block: Plain | undefined,
): block is { readonly type: "text"; readonly text: string } {
  if (!isPlainObject(block) || block.type !== "text" || typeof block.text !== "string")
    return false;
  return Object.keys(block).length === 2;
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
