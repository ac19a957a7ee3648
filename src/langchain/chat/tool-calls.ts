import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";

/** A tool call in OpenAI's form. MLflow's UI requires these three texts. */
export interface ToolCall extends PlainObject {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** The tool calls of a message, including those whose arguments are not valid JSON. */
export function toolCallsOf(message: PlainObject): readonly ToolCall[] {
  if (!mayHaveCalls(message)) return NO_CALLS;
  const parsed = [...list(message.tool_calls), ...list(message.invalid_tool_calls)];
  if (parsed.length > 0) return parsed.map(fromLangChain);
  const extra = isPlainObject(message.additional_kwargs) ? message.additional_kwargs : {};
  const raw = list(extra.tool_calls);
  const legacy = isPlainObject(extra.function_call) ? [{ function: extra.function_call }] : [];
  return (raw.length > 0 ? raw : legacy).map(fromOpenAi);
}

const NO_CALLS: readonly ToolCall[] = [];

function mayHaveCalls({ tool_calls, invalid_tool_calls, additional_kwargs: extra }: PlainObject) {
  if (isPlainArray(tool_calls) && tool_calls.length > 0) return true;
  if (isPlainArray(invalid_tool_calls) && invalid_tool_calls.length > 0) return true;
  return isPlainObject(extra) && (extra.tool_calls ?? extra.function_call) !== undefined;
}

function list(value: Plain | undefined): readonly PlainObject[] {
  return isPlainArray(value) ? value.filter(isPlainObject) : [];
}

function fromLangChain(call: PlainObject, index: number): ToolCall {
  return toolCall({ id: call.id, name: call.name, input: call.args, error: call.error, index });
}

function fromOpenAi(call: PlainObject, index: number): ToolCall {
  const { name, arguments: input } = isPlainObject(call.function) ? call.function : call;
  return toolCall({ id: call.id, name, input, index });
}

interface CallInit {
  readonly id: Plain | undefined;
  readonly name: Plain | undefined;
  /** The arguments, as an object or as JSON. */
  readonly input: Plain | undefined;
  /** Why LangChain could not parse the arguments. */
  readonly error?: Plain | undefined;
  /** The place of the call in its message. */
  readonly index?: number;
}

/** A missing id becomes the place of the call, since the UI distinguishes the calls of a message by their ids. */
export function toolCall({ id, name, input, error, index = 0 }: CallInit): ToolCall {
  return {
    id: typeof id === "string" ? id : `call_${index}`,
    type: "function",
    function: {
      name: typeof name === "string" ? name : "[missing name]",
      arguments:
        typeof input === "string" ? input : input === undefined ? "" : toJson(input, "python"),
    },
    ...(typeof error === "string" ? { error } : {}),
  };
}
