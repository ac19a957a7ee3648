import { guard } from "../../base/log.js";
import type { OpenSpan } from "../../recording/call.js";
import { rawInputOf } from "../../recording/scopes.js";
import { SpanType } from "../../trace/span.js";
import { modelEvents } from "./model-events.js";
import { type Live, readAllRetrieved } from "./read.js";
import { Recorder, type RecorderEffects } from "./recorder.js";
import { tracePolicyOf } from "./trace-policy.js";
import { field, isDictionary, isToolCall, parseToolInput, uncoerce } from "./values.js";
import {
  givesState,
  isMap,
  ownOutput,
  takesDictionaries,
  tellsRaw,
  WrappedValues,
} from "./wrapped-values.js";

/** Marks our handlers, so that a manager never gets two of them, whichever copy of us made them. */
export const HANDLER_BRAND: unique symbol = Symbol.for("langchain-mlflow.handler");

/**
 * Turns LangChain's events into spans. Its methods are synchronous and never throw, and LangChain
 * awaits them: so times are exact, inputs are seen before anyone changes them, and the async context
 * is the caller's. A plain object, so that it serves every copy and version of `@langchain/core`.
 * Mirrors `MlflowLangchainTracer` of Python's mlflow.
 */
export function createHandler(effects: RecorderEffects) {
  const recorder = new Recorder(effects);
  return {
    name: "langchain_mlflow",
    [HANDLER_BRAND]: true,
    awaitHandlers: true,
    raiseError: false,
    ignoreLLM: false,
    ignoreChain: false,
    ignoreAgent: false,
    ignoreRetriever: false,
    ignoreCustomEvent: true,
    lc_serializable: false,
    copy() {
      return this;
    },
    ...chainEvents(recorder),
    ...modelEvents(recorder),
    ...toolEvents(recorder),
    ...retrieverEvents(recorder),
  };
}

function chainEvents(recorder: Recorder) {
  const wrapped = new WrappedValues();
  const takeInputs = (span: OpenSpan, inputs: unknown, isRaw: boolean) => {
    if (takePolicyInputs(span, inputs)) return;
    const value = isRaw ? wrapped.see(span, inputs) : wrapped.open(span, inputs, "input");
    span.inputs = recorder.plain(span, value);
  };
  /** Stores what the span's policy returns for its inputs, if it has one. */
  const takePolicyInputs = (span: OpenSpan, inputs: unknown): boolean => {
    const process = span.policy?.inputs;
    if (!process) return false;
    const isOwn = isDictionary(rawInputOf(span)?.value);
    const wrapping = isOwn || !uncoerce(inputs, "input").undone ? undefined : "input";
    span.inputs = recorder.plain(span, unwrapped(process(inputs), wrapping));
    return true;
  };
  /** Streaming runnables learn their input only as it arrives, and tell it at their end; until then, an empty text. */
  const lateInputs = (span: OpenSpan, kwargs: unknown) => {
    const inputs = (kwargs as Live | undefined)?.inputs;
    if (inputs === undefined || !(span.inputs === undefined || span.inputs === "")) return;
    takeInputs(span, inputs, false);
  };
  return {
    handleChainStart: guard(
      "handleChainStart",
      (
        serialized: unknown,
        inputs: unknown,
        runId: string,
        parentRunId?: string,
        tags?: unknown,
        metadata?: unknown,
        runType?: unknown,
        runName?: unknown,
        extra?: unknown,
      ) => {
        const policy = tracePolicyOf(extra);
        const event = { serialized, runId, parentRunId, tags, metadata, runName, policy };
        const span = recorder.start(SpanType.CHAIN, "chain", event);
        if (!span) return;
        if (takePolicyInputs(span, inputs)) return;
        const raw = rawInputOf(span);
        if (raw) span.inputs = recorder.plain(span, raw.value);
        else if (span.scope?.method !== "transform") {
          const shown = isMap(span) ? (inputs as Live | undefined)?.input : inputs;
          takeInputs(span, shown, isMap(span) || takesDictionaries(span, runType));
        }
      },
    ),
    handleChainEnd: guard(
      "handleChainEnd",
      (outputs: unknown, runId: string, _parentRunId?: string, _tags?: unknown, kwargs?: unknown) =>
        recorder.end(runId, (span) => {
          lateInputs(span, kwargs);
          const process = span.policy?.outputs;
          if (process) {
            const wrapping = uncoerce(outputs, "output").undone ? "output" : undefined;
            const kept = unwrapped(process(outputs), wrapping);
            span.outputs = recorder.plain(span, kept);
            return kept;
          }
          const value =
            isRaw(span, kwargs) || givesState(span, outputs)
              ? wrapped.see(span, outputs)
              : ownOutput(span, wrapped.open(span, outputs, "output"));
          span.outputs = recorder.plain(span, value);
          span.uncoercedOutput = value !== outputs;
          return value;
        }),
    ),
    handleChainError: guard(
      "handleChainError",
      (error: unknown, runId: string, _parentRunId?: string, _tags?: unknown, kwargs?: unknown) =>
        recorder.fail(runId, error, (span) => lateInputs(span, kwargs)),
    ),
    handleText: guard("handleText", (text: unknown, runId: string) =>
      recorder.event(runId, "text", { text }),
    ),
    handleAgentAction: guard("handleAgentAction", (action: Live | undefined, runId: string) =>
      recorder.event(runId, "agent_action", {
        tool: action?.tool,
        tool_input: action?.toolInput,
        log: action?.log,
      }),
    ),
    handleAgentEnd: guard("handleAgentEnd", (finish: Live | undefined, runId: string) =>
      recorder.event(runId, "agent_finish", {
        return_values: finish?.returnValues,
        log: finish?.log,
      }),
    ),
  };
}

/** What a policy returned, in the form of the value that LangChain wrapped for it. */
function unwrapped(kept: unknown, wrapping: "input" | "output" | undefined): unknown {
  return wrapping ? uncoerce(kept, wrapping).value : kept;
}

/** Generators, graphs and the old chains tell their outputs as they are: nothing is wrapped there. */
function isRaw(span: OpenSpan, kwargs: unknown): boolean {
  if ((kwargs as Live | undefined)?.inputs !== undefined || tellsRaw(span)) return true;
  const self = span.scope?.self as Live | undefined;
  return self?.lg_is_pregel === true || typeof self?._chainType === "function";
}

function toolEvents(recorder: Recorder) {
  return {
    handleToolStart: guard(
      "handleToolStart",
      (
        serialized: unknown,
        input: unknown,
        runId: string,
        parentRunId?: string,
        tags?: unknown,
        metadata?: unknown,
        runName?: unknown,
        toolCallId?: unknown,
      ) => {
        const event = { serialized, runId, parentRunId, tags, metadata, runName };
        const span = recorder.start(SpanType.TOOL, "tool", event);
        if (!span) return;
        const raw = rawInputOf(span)?.value;
        const call = isToolCall(raw) ? raw : undefined;
        span.inputs = recorder.plain(span, call?.args ?? raw ?? toolInput(span, input));
        // Cores before 1.1.48 do not tell the call's id; the call itself does.
        const id = toolCallId ?? call?.id;
        if (typeof id === "string") span.attributes.tool_call_id = id;
      },
    ),
    handleToolEnd: guard("handleToolEnd", (output: unknown, runId: string) =>
      recorder.end(runId, (span) => {
        span.outputs = recorder.plain(span, output);
        const callId = field(span.outputs, "tool_call_id");
        if (callId !== undefined) span.attributes.tool_call_id ??= callId;
        return output;
      }),
    ),
    handleToolError: guard("handleToolError", (error: unknown, runId: string) =>
      recorder.fail(runId, error),
    ),
  };
}

/** What takes a text is told of it as `{ "input": text }`. */
function toolInput({ classPath }: OpenSpan, input: unknown): unknown {
  const parsed = parseToolInput(input);
  return classPath.at(-1) === "DynamicTool" ? uncoerce(parsed, "input").value : parsed;
}

function retrieverEvents(recorder: Recorder) {
  return {
    handleRetrieverStart: guard(
      "handleRetrieverStart",
      (
        serialized: unknown,
        query: unknown,
        runId: string,
        parentRunId?: string,
        tags?: unknown,
        metadata?: unknown,
        runName?: unknown,
      ) => {
        const event = { serialized, runId, parentRunId, tags, metadata, runName };
        const span = recorder.start(SpanType.RETRIEVER, "retriever", event);
        if (span) span.inputs = recorder.plain(span, query);
      },
    ),
    handleRetrieverEnd: guard("handleRetrieverEnd", (documents: unknown, runId: string) =>
      recorder.end(runId, (span) => {
        span.outputs = recorder.plain(span, readAllRetrieved(documents));
        return documents;
      }),
    ),
    handleRetrieverError: guard("handleRetrieverError", (error: unknown, runId: string) =>
      recorder.fail(runId, error),
    ),
  };
}
