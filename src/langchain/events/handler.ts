import type { OpenSpan } from "../../recording/call.js";
import { rawInputOf } from "../../recording/scopes.js";
import { SpanType } from "../../trace/span.js";
import {
  type CallbackEvent,
  CallbackHandler,
  type CallbackListeners,
  guardListeners,
} from "./callbacks.js";
import { modelListeners } from "./model-events.js";
import { describeModel, describeUsage } from "./model-span.js";
import { type Live, readAllRetrieved } from "./read.js";
import { Recorder, type RecorderEffects } from "./recorder.js";
import { tracePolicyOf } from "./trace-policy.js";
import { field, isDictionary, isToolCall, parseToolInput, uncoerce } from "./values.js";
import {
  isMap,
  outputsAreRaw,
  ownOutput,
  returnsState,
  takesDictionaries,
  WrappedValues,
} from "./wrapped-values.js";

/** Marks our handlers. A callback manager gets one of them at most, from whichever copy of this package. */
export const HANDLER_BRAND: unique symbol = Symbol.for("langchain-mlflow.handler");

/** A callback handler that records spans. */
export class TracingHandler extends CallbackHandler {
  readonly name: string = "langchain_mlflow";
  readonly [HANDLER_BRAND] = true;

  /** For a handler without this method, LangChain converts chat messages to text and calls `handleLLMStart`. */
  handleChatModelStart(...args: unknown[]): void {
    this.receive("handleChatModelStart", args);
  }
}

/** Converts LangChain's events to spans. The listeners never throw. Mirrors `MlflowLangchainTracer` of Python's mlflow. */
export function createListeners(effects: RecorderEffects): Required<CallbackListeners> {
  const recorder = new Recorder(effects);
  return guardListeners({
    ...chainListeners(recorder),
    ...modelListeners(recorder),
    ...toolListeners(recorder),
    ...retrieverListeners(recorder),
  });
}

function chainListeners(recorder: Recorder) {
  const wrapped = new WrappedValues();
  const recordInputs = (span: OpenSpan, inputs: unknown, isRaw: boolean) => {
    if (recordPolicyInputs(span, inputs)) return;
    const value = isRaw ? wrapped.keep(span, inputs) : wrapped.unwrap(span, inputs, "input");
    span.setInputs(recorder.plain(span, value));
  };
  /** Records what the span's policy returns for its inputs, if the span has a policy. */
  const recordPolicyInputs = (span: OpenSpan, inputs: unknown): boolean => {
    const process = span.policy?.inputs;
    if (!process) return false;
    const isOwn = isDictionary(rawInputOf(span)?.value);
    const wrapping = isOwn || !uncoerce(inputs, "input").undone ? undefined : "input";
    span.setInputs(recorder.plain(span, unwrapped(process(inputs), wrapping)));
    return true;
  };
  /** A chain that receives its input as a stream starts with an empty text. Its end event has the input. */
  const recordLateInputs = (span: OpenSpan, kwargs: unknown) => {
    const inputs = (kwargs as Live | undefined)?.inputs;
    if (inputs === undefined || !(span.inputs === undefined || span.inputs === "")) return;
    recordInputs(span, inputs, false);
  };
  return {
    handleChainStart: (event) => {
      const { value: inputs, runType } = event;
      const span = startChain(recorder, event);
      if (!span || recordPolicyInputs(span, inputs)) return;
      const raw = rawInputOf(span);
      if (raw) span.setInputs(recorder.plain(span, raw.value));
      else if (span.scope?.method !== "transform") {
        const shown = isMap(span) ? (inputs as Live | undefined)?.input : inputs;
        recordInputs(span, shown, isMap(span) || takesDictionaries(span, runType));
      }
    },
    handleChainEnd: ({ value: outputs, runId, kwargs }) =>
      recorder.end(runId, (span) => {
        recordLateInputs(span, kwargs);
        if (span.spanType === SpanType.LLM) describeUsage(span, [outputs]);
        const process = span.policy?.outputs;
        if (process) {
          const wrapping = uncoerce(outputs, "output").undone ? "output" : undefined;
          const kept = unwrapped(process(outputs), wrapping);
          span.setOutputs(recorder.output(span, kept));
          return kept;
        }
        const value =
          isRaw(span, kwargs) || returnsState(span, outputs)
            ? wrapped.keep(span, outputs)
            : ownOutput(span, wrapped.unwrap(span, outputs, "output"));
        span.setOutputs(recorder.output(span, value), value !== outputs);
        return value;
      }),
    handleChainError: ({ value: error, runId, kwargs }) =>
      recorder.fail(runId, error, (span) => recordLateInputs(span, kwargs)),
    handleText: ({ value: text, runId }) => recorder.event(runId, "text", { text }),
    handleAgentAction: ({ value, runId }) => {
      const { tool, toolInput, log } = (value ?? {}) as Live;
      recorder.event(runId, "agent_action", { tool, tool_input: toolInput, log });
    },
    handleAgentEnd: ({ value, runId }) => {
      const { returnValues, log } = (value ?? {}) as Live;
      recorder.event(runId, "agent_finish", { return_values: returnValues, log });
    },
  } satisfies CallbackListeners;
}

function startChain(
  recorder: Recorder,
  event: CallbackEvent<"handleChainStart">,
): OpenSpan | undefined {
  const policy = tracePolicyOf(event.extra);
  if (event.runType !== "llm") return recorder.start(SpanType.CHAIN, "chain", event, policy);
  // A decision model of core 1.4 reports its run as the run of a chain.
  const span = recorder.start(SpanType.LLM, "llm", event, policy);
  if (span) describeModel(span, undefined, span.attributes.metadata);
  return span;
}

/** Unwraps the result of a policy if LangChain wrapped the value that the policy received. */
function unwrapped(result: unknown, wrapping: "input" | "output" | undefined): unknown {
  return wrapping ? uncoerce(result, wrapping).value : result;
}

/** LangChain does not wrap the outputs of generators, graphs and legacy chains. */
function isRaw(span: OpenSpan, kwargs: unknown): boolean {
  if ((kwargs as Live | undefined)?.inputs !== undefined || outputsAreRaw(span)) return true;
  const self = span.scope?.self as Live | undefined;
  return self?.lg_is_pregel === true || typeof self?._chainType === "function";
}

function toolListeners(recorder: Recorder) {
  return {
    handleToolStart: (event) => {
      const span = recorder.start(SpanType.TOOL, "tool", event);
      if (!span) return;
      const raw = rawInputOf(span)?.value;
      const call = isToolCall(raw) ? raw : undefined;
      span.setInputs(recorder.plain(span, call?.args ?? raw ?? toolInput(span, event.value)));
      const id = event.toolCallId ?? call?.id;
      if (typeof id === "string") span.setAttribute("tool_call_id", id);
    },
    handleToolEnd: ({ value: output, runId }) =>
      recorder.end(runId, (span) => {
        span.setOutputs(recorder.output(span, output));
        const callId = field(span.outputs, "tool_call_id");
        const known = span.attributes.tool_call_id;
        if (callId !== undefined) span.setAttribute("tool_call_id", known ?? callId);
        return output;
      }),
    handleToolError: ({ value: error, runId }) => recorder.fail(runId, error),
  } satisfies CallbackListeners;
}

/** LangChain passes the input of a tool that takes a text as `{ "input": text }`. */
function toolInput({ classPath }: OpenSpan, input: unknown): unknown {
  const parsed = parseToolInput(input);
  return classPath.at(-1) === "DynamicTool" ? uncoerce(parsed, "input").value : parsed;
}

function retrieverListeners(recorder: Recorder) {
  return {
    handleRetrieverStart: (event) => {
      const span = recorder.start(SpanType.RETRIEVER, "retriever", event);
      if (span) span.setInputs(recorder.plain(span, event.value));
    },
    handleRetrieverEnd: ({ value: documents, runId }) =>
      recorder.end(runId, (span) => {
        span.setOutputs(recorder.output(span, readAllRetrieved(documents)));
        return documents;
      }),
    handleRetrieverError: ({ value: error, runId }) => recorder.fail(runId, error),
  } satisfies CallbackListeners;
}
