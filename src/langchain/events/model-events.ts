import { isPlainObject, type Plain } from "../../data/plain.js";
import { SpanType } from "../../trace/span.js";
import type { CallbackEvent, CallbackListeners } from "./callbacks.js";
import { chatInputs, describeModel, describeResult, partialResult } from "./model-span.js";
import type { Live } from "./read.js";
import type { Recorder } from "./recorder.js";

/** Records the runs of chat models and LLMs. */
export function modelListeners(recorder: Recorder) {
  const startModel = (
    spanType: SpanType,
    event: CallbackEvent<"handleLLMStart">,
    toInputs: (inputs: Plain | undefined) => Plain | undefined,
  ) => {
    const name = spanType === SpanType.LLM ? "llm" : "chat model";
    const span = recorder.start(spanType, name, event);
    if (!span) return;
    span.setInputs(toInputs(recorder.plain(span, event.value)));
    span.setPartialOutputs((consumed) => partialResult(consumed, recorder.streamedText(span)));
    const plain = recorder.plain(span, withoutConfig(event.extra));
    describeModel(span, isPlainObject(plain) ? plain : undefined, span.attributes.metadata);
  };
  return {
    handleChatModelStart: (event) => startModel(SpanType.CHAT_MODEL, event, chatInputs),
    handleLLMStart: (event) => startModel(SpanType.LLM, event, (prompts) => prompts),
    handleLLMNewToken: ({ value: token, runId, fields }) => {
      if (typeof token === "string" && isToken(token, fields)) recorder.token(runId, token);
    },
    /** `streamEvents` v3 sends these events in place of tokens. */
    handleChatModelStreamEvent: ({ value, runId }) => {
      const { event, delta } = (value ?? {}) as Live;
      if (event !== "content-block-delta") return;
      const { text } = (delta ?? {}) as Live;
      recorder.token(runId, typeof text === "string" ? text : "");
    },
    handleLLMEnd: ({ value: result, runId }) =>
      recorder.end(runId, (span) => {
        if (span.streamed) span.setAttribute("langchain.streamed_tokens", span.streamed.tokens);
        describeResult(span, result, (value) => recorder.output(span, value));
        return outputOf(result);
      }),
    handleLLMError: ({ value: error, runId }) => recorder.fail(runId, error),
  } satisfies CallbackListeners;
}

/** What the model returns to its caller: a chat model its message, an LLM its text. */
function outputOf(result: unknown): unknown {
  const { generations } = (result ?? {}) as { readonly generations?: readonly (readonly Live[])[] };
  const generation = generations?.[0]?.[0];
  return generation?.message ?? generation?.text;
}

/** Chunks without text, such as those with the role or the usage, are no tokens. Parts of tool calls are. */
function isToken(token: string, fields: unknown): boolean {
  if (token !== "") return true;
  const chunk = (fields as Live | undefined)?.chunk as Live | undefined;
  const calls = (chunk?.message as Live | undefined)?.tool_call_chunks;
  return Array.isArray(calls) && calls.length > 0;
}

/** LangGraph and LangChain pass the config of the call among the call options of the model. */
const CONFIG_KEYS = new Set(
  (
    "callbacks tags metadata runName runId configurable recursionLimit maxConcurrency timeout signal store " +
    "writer interrupt control executionInfo serverInfo context streamMode checkpointer runtime"
  ).split(" "),
);

function withoutConfig(extra: unknown): unknown {
  const { options, ...rest } = (extra ?? {}) as Live;
  if (typeof options !== "object" || options === null) return extra;
  // The parameters already contain the bound tools, in the form that the provider receives.
  const hasTools = (rest.invocation_params as Live | undefined)?.tools !== undefined;
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(options)) {
    if (CONFIG_KEYS.has(name) || (hasTools && name === "tools") || name === "__proto__") continue;
    const value = (options as Live)[name];
    if (typeof value !== "function") own[name] = value;
  }
  return { ...rest, options: own };
}
