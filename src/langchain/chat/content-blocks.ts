import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import { mediaParts } from "./media.js";
import { content, type Part, reasoning, textMark } from "./part.js";
import { reasoningText } from "./reasoning.js";
import { toolCall } from "./tool-calls.js";

type Convert = (block: PlainObject, type: string) => readonly Part[];

const MAX_MARK_CHARACTERS = 1000;

/** A block that MLflow's UI cannot show: its type, and the beginning of its fields. */
const mark: Convert = (block, type) => {
  const { type: _, ...fields } = block;
  return textMark(`[${type}] ${shown(fields)}`, block);
};

const text: Convert = (block, type) =>
  typeof block.text === "string" ? content({ ...block, type: "text" }) : mark(block, type);

const thought: Convert = (block) => reasoning(reasoningText(block));

const media =
  (kind: string): Convert =>
  (block) =>
    mediaParts(block, kind);

/** A file, unless its MIME type is the one of an image, a recording or a video. */
const file = media("file");

const refusal: Convert = ({ refusal: said }, type) =>
  typeof said === "string" ? [{ kind: "refusal", text: said }] : textMark(`[${type}]`);

const call: Convert = (block) => {
  const inner = [block.functionCall, block.toolUse].find(isPlainObject) ?? block;
  const { id, toolUseId, call_id, name, args, input, arguments: json } = inner;
  const init = { id: call_id ?? toolUseId ?? id, name, input: args ?? input ?? json };
  return [{ kind: "tool call", call: toolCall(init) }];
};

/** The result of a tool in a message of the user, as Anthropic's and Gemini's APIs take it. */
const toolResult: Convert = (block, type) => {
  const inner = [block.functionResponse, block.toolResult].find(isPlainObject) ?? block;
  const id = [inner.tool_use_id, inner.toolUseId, inner.id, inner.name].find(
    (name) => typeof name === "string",
  );
  const result = inner.content ?? inner.response ?? null;
  const parts = contentParts(result);
  const title = `[${type}${id === undefined ? "" : ` ${id}`}]`;
  if (parts === undefined) return textMark(`${title} ${shown(result)}`, block);
  return [...textMark(title), ...parts];
};

/** A block of another provider, which version 1 of LangChain's content blocks wraps. */
const wrapped: Convert = (block, type) =>
  isPlainObject(block.value) ? blockParts(block.value) : mark(block, type);

const nothing: Convert = () => [];

/** By type of block. For a block without a type, the name of its field. */
const BLOCKS: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ["text", text],
  ["input_text", text],
  ["output_text", text],
  ["text-plain", file],
  ["refusal", refusal],

  ["thinking", thought],
  ["redacted_thinking", thought],
  ["reasoning", thought],
  ["reasoning_content", thought],
  ["reasoningContent", thought],

  ["image_url", media("image")],
  ["input_image", media("image")],
  ["image", media("image")],
  ["input_audio", media("audio")],
  ["audio", media("audio")],
  ["video", media("video")],
  ["video_url", media("video")],
  ["media", file],
  ["inlineData", file],
  ["fileData", file],
  ["file", file],
  ["input_file", file],
  ["document", media("document")],
  [
    "image_generation_call",
    ({ result, output_format = "png" }) =>
      mediaParts({ data: result, mimeType: `image/${output_format}` }, "image"),
  ],

  ["tool_use", call],
  ["tool_call", call],
  ["function_call", call],
  ["functionCall", call],
  ["toolUse", call],
  // The message has the whole call, or its error.
  ["tool_call_chunk", nothing],
  ["invalid_tool_call", nothing],
  ["input_json_delta", nothing],
  ["tool_result", toolResult],
  ["functionResponse", toolResult],
  ["toolResult", toolResult],

  ["non_standard", wrapped],
]);

/** Converts the content of a message. Returns undefined if it is neither a text nor a list. */
function contentParts(value: Plain | undefined): readonly Part[] | undefined {
  if (typeof value === "string") return value === "" ? [] : textMark(value);
  return isPlainArray(value) ? value.flatMap(blockParts) : undefined;
}

/** Converts one content block. A text in a list of blocks is a block itself. */
export function blockParts(block: Plain): readonly Part[] {
  if (typeof block === "string") return textMark(block);
  if (!isPlainObject(block)) return textMark(toJson(block));
  // Gemini marks the parts of a model's reasoning.
  if (block.thought === true && typeof block.text === "string") return reasoning(block.text);
  const type = typeOf(block);
  return (BLOCKS.get(type) ?? mark)(block, type);
}

function typeOf(block: PlainObject): string {
  if (typeof block.type === "string") return block.type;
  for (const name of Object.keys(block)) if (BLOCKS.has(name)) return name;
  return Object.keys(block)[0] ?? "empty block";
}

function shown(value: Plain): string {
  return toJson(value, "python", MAX_MARK_CHARACTERS).slice(0, MAX_MARK_CHARACTERS);
}
