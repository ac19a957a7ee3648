import { type Fields, fieldsOf } from "../models/dump.js";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isFlag: Check = (value) => typeof value === "boolean";
const isObject: Check = (value) => fieldsOf(value) !== undefined;
const isTexts: Check = (value) => {
  const fields = fieldsOf(value);
  return fields !== undefined && Object.values(fields).every(isText);
};
const isTools: Check = (value) =>
  Array.isArray(value) && value.every((tool) => isText(fieldsOf(tool)?.type));

/** The optional fields of `ResponsesAgentRequest` whose type is checked. Null counts as missing. */
const FIELDS: Readonly<Record<string, Check>> = {
  background: isFlag,
  context: isObject,
  custom_inputs: isObject,
  max_output_tokens: Number.isInteger,
  metadata: isTexts,
  parallel_tool_calls: isFlag,
  reasoning: isObject,
  store: isFlag,
  temperature: isNumber,
  tools: isTools,
  top_p: isNumber,
  truncation: isText,
  user: isText,
};

const ROLES = ["user", "assistant", "system", "developer"];
const ITEM =
  /^((computer|file_search|web_search)_call|function_call(_output)?|mcp_approval_re(quest|sponse)|reasoning)$/;
/** The types of blocks without a field `text`. As in Python, a block with a text may have any type. */
const OTHER_BLOCKS = ["input_image", "input_file", "refusal"];

/** Describes what is wrong with a request, as MLflow's `ResponsesAgentRequest` requires it. Undefined for a valid one. */
export function problemOfRequest(request: Fields): string | undefined {
  const { input } = request;
  if (!Array.isArray(input)) return "input must be a text, or a list of messages and items";
  for (const [index, item] of input.entries()) {
    const problem = problemOfItem(item);
    if (problem !== undefined) return `input.${index}: ${problem}`;
  }
  const isWrong = (name: string) => {
    const value = request[name];
    return value !== undefined && value !== null && !FIELDS[name]?.(value);
  };
  const wrong = Object.keys(FIELDS).find(isWrong);
  return wrong && `${wrong} has another type`;
}

function problemOfItem(item: unknown): string | undefined {
  const fields = fieldsOf(item);
  if (!fields) return "an item must be an object";
  const { type = "message" } = fields;
  if (type === "message") return problemOfMessage(fields);
  if (!ITEM.test(String(type))) return `Invalid type: ${String(type)}`;
  const texts = {
    function_call: ["arguments", "call_id", "name"],
    function_call_output: ["call_id"],
  };
  const missing = Object.entries(texts).find(([name]) => name === type)?.[1];
  return missing?.every((name) => isText(fields[name])) === false
    ? `${missing.join(", ")} must be strings`
    : undefined;
}

function problemOfMessage({ role, content }: Fields): string | undefined {
  if (typeof role !== "string" || !ROLES.includes(role)) {
    return `Invalid role: ${String(role)}. Must be 'user', 'assistant', 'system', or 'developer'.`;
  }
  if (isText(content)) return undefined;
  if (!Array.isArray(content)) return "content must be a string or a list";
  const isBlock = (block: unknown) => {
    const { type = "input_text", text } = fieldsOf(block) ?? {};
    return isText(type) && (isText(text) || OTHER_BLOCKS.includes(String(type)));
  };
  return content.every(isBlock)
    ? undefined
    : `each item of content must have a text, or a type of ${OTHER_BLOCKS.join(", ")}`;
}
