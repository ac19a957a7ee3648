import { guard } from "../../base/log.js";
import { isPlainObject } from "../../data/plain.js";
import type { OpenSpan } from "../../recording/call.js";
import { SpanType } from "../../trace/span.js";
import { chatInputs, describeModel, describeResult, partialResult } from "./model-span.js";
import type { Live } from "./read.js";
import type { Recorder, RunStart } from "./recorder.js";

/** What LangChain tells of chat models and LLMs. */
export function modelEvents(recorder: Recorder) {
  const startModel = (
    spanType: SpanType,
    event: RunStart,
    extra: unknown,
    fill: (span: OpenSpan) => void,
  ) => {
    const name = spanType === SpanType.LLM ? "llm" : "chat model";
    const span = recorder.start(spanType, name, event);
    if (!span) return;
    fill(span);
    span.partialOutputs = (consumed) => partialResult(consumed, recorder.streamedText(span));
    const plain = recorder.plain(span, withoutConfig(extra));
    describeModel(span, isPlainObject(plain) ? plain : undefined, span.attributes.metadata);
  };
  return {
    handleChatModelStart: guard(
      "handleChatModelStart",
      (
        serialized: unknown,
        messages: unknown,
        runId: string,
        parentRunId?: string,
        extra?: unknown,
        tags?: unknown,
        metadata?: unknown,
        runName?: unknown,
      ) => {
        const event = { serialized, runId, parentRunId, tags, metadata, runName };
        startModel(SpanType.CHAT_MODEL, event, extra, (span) => {
          span.inputs = chatInputs(recorder.plain(span, messages));
        });
      },
    ),
    handleLLMStart: guard(
      "handleLLMStart",
      (
        serialized: unknown,
        prompts: unknown,
        runId: string,
        parentRunId?: string,
        extra?: unknown,
        tags?: unknown,
        metadata?: unknown,
        runName?: unknown,
      ) => {
        const event = { serialized, runId, parentRunId, tags, metadata, runName };
        startModel(SpanType.LLM, event, extra, (span) => {
          span.inputs = recorder.plain(span, prompts);
        });
      },
    ),
    handleLLMNewToken: guard(
      "handleLLMNewToken",
      (
        token: unknown,
        _index: unknown,
        runId: string,
        _parentRunId?: string,
        _tags?: unknown,
        fields?: unknown,
      ) => {
        if (typeof token === "string" && isToken(token, fields)) recorder.token(runId, token);
      },
    ),
    /** `streamEvents` v3 tells a model's stream in events, and no tokens. */
    handleChatModelStreamEvent: guard(
      "handleChatModelStreamEvent",
      (event: Live | undefined, runId: string) => {
        if (event?.event !== "content-block-delta") return;
        const { text } = (event.delta ?? {}) as Live;
        recorder.token(runId, typeof text === "string" ? text : "");
      },
    ),
    handleLLMEnd: guard("handleLLMEnd", (result: unknown, runId: string) =>
      recorder.end(runId, (span) => {
        if (span.streamed) span.attributes["langchain.streamed_tokens"] = span.streamed.tokens;
        describeResult(span, recorder.plain(span, result));
        return outputOf(result);
      }),
    ),
    handleLLMError: guard("handleLLMError", (error: unknown, runId: string) =>
      recorder.fail(runId, error),
    ),
  };
}

/** What the model gives its caller: of a chat model the message, of an LLM the text. */
function outputOf(result: unknown): unknown {
  const { generations } = (result ?? {}) as { readonly generations?: readonly (readonly Live[])[] };
  const generation = generations?.[0]?.[0];
  return generation?.message ?? generation?.text;
}

/** Providers send chunks without any text: the role, the usage. A part of a tool call is a token too. */
function isToken(token: string, fields: unknown): boolean {
  if (token !== "") return true;
  const chunk = (fields as Live | undefined)?.chunk as Live | undefined;
  const calls = (chunk?.message as Live | undefined)?.tool_call_chunks;
  return Array.isArray(calls) && calls.length > 0;
}

/** What LangGraph and LangChain pass along among a model's call options: the call's config, not the model's. */
const CONFIG_KEYS = new Set(
  (
    "callbacks tags metadata runName runId configurable recursionLimit maxConcurrency timeout signal store " +
    "writer interrupt control executionInfo serverInfo context streamMode checkpointer runtime"
  ).split(" "),
);

function withoutConfig(extra: unknown): unknown {
  const { options, ...rest } = (extra ?? {}) as Live;
  if (typeof options !== "object" || options === null) return extra;
  // Bound tools are among the parameters already, as the provider gets them.
  const hasTools = (rest.invocation_params as Live | undefined)?.tools !== undefined;
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(options)) {
    if (CONFIG_KEYS.has(name) || (hasTools && name === "tools") || name === "__proto__") continue;
    const value = (options as Live)[name];
    if (typeof value !== "function") own[name] = value;
  }
  return { ...rest, options: own };
}
