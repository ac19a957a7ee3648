import { guard } from "../../base/log.js";
import { isPlainArray, isPlainObject, type Plain } from "../../data/plain.js";
import type { OpenSpan } from "../../recording/call.js";
import type { OwnCall } from "../../recording/close-span.js";
import { SpanType } from "../../trace/span.js";
import { chatInputs, describeModel, describeResult, partialResult } from "./model-span.js";
import { type Live, readAllRetrieved } from "./read.js";
import { describeCaller, describeThread } from "./session.js";
import { field, isDictionary, isEmptyObject, isToolCall } from "./values.js";

type Copy = (value: unknown) => Plain | undefined;

/**
 * Records what the callback handler would have recorded for a Runnable that made no run: the metadata of its config,
 * with session and user, and its values in the form of its type of span.
 */
export const describeOwnSpan = guard(
  "a call without a run",
  (span: OpenSpan, call: OwnCall, copy: Copy): void => {
    const live = metadataOf(call);
    const metadata = live && copy(live);
    if (!isEmptyObject(metadata)) {
      span.setAttribute("metadata", metadata as Plain);
      if (span.parent) describeThread(span.call, live);
      else describeCaller(span.call, live);
    }
    // A policy has replaced the values.
    if (!span.policy && !span.call.hasPolicy) DESCRIBE[span.spanType]?.(span, call, copy);
  },
);

const DESCRIBE: Partial<Record<SpanType, (span: OpenSpan, call: OwnCall, copy: Copy) => void>> = {
  [SpanType.CHAT_MODEL]: describeChat,
  [SpanType.RETRIEVER]: (span, { output }, copy) => {
    if (output !== undefined) span.setOutputs(copy(readAllRetrieved(output)));
  },
  [SpanType.TOOL]: (span, { input }) => {
    if (!isToolCall(input)) return;
    span.setInputs(field(span.inputs, "args") ?? span.inputs);
    if (typeof input.id === "string") span.setAttribute("tool_call_id", input.id);
  },
};

function describeChat(span: OpenSpan, { output, isPartial }: OwnCall): void {
  const { inputs, outputs } = span;
  const messages = messagesOf(inputs);
  if (messages) span.setInputs(chatInputs([messages]));
  describeModel(span, undefined, span.attributes.metadata);
  if (isPartial) span.setOutputs(partialResult(outputs, "") ?? outputs);
  else if (isDictionary(output)) {
    const generations = [[{ message: output }]];
    describeResult(span, { generations }, () => outputs);
  }
}

/** A model takes a text, a list of messages or a prompt value. Undefined for any other value, which it refuses. */
function messagesOf(input: Plain | undefined): readonly Plain[] | undefined {
  if (isPlainArray(input)) return input;
  const messages = isPlainObject(input) ? input.messages : undefined;
  if (isPlainArray(messages)) return messages;
  const text = field(input, "text") ?? input;
  return typeof text === "string" ? [{ type: "human", content: text }] : undefined;
}

/** LangChain's method that completes a config, as each method of a Runnable with a run calls it. */
const COMPLETE = "_separateRunnableConfigFromCallOptions";

/**
 * The metadata that handlers would receive for a run with this config. Versions of core differ in what they add, so
 * core's own method is called, with a copy: it writes into the metadata that it receives.
 */
function metadataOf({ self, config }: OwnCall): object | undefined {
  const { metadata, configurable, callbacks, timeout } = isDictionary(config) ? config : {};
  const own = isDictionary(metadata) ? { ...metadata } : undefined;
  const [complete] = completeConfig(self, {
    ...{ configurable, callbacks, timeout },
    ...(own ? { metadata: own } : {}),
  });
  const inherited = (complete?.callbacks as Live | undefined)?.metadata;
  return { ...(isDictionary(inherited) ? inherited : {}), ...complete?.metadata };
}

interface Completed {
  readonly metadata?: object;
  readonly callbacks?: unknown;
}

/** Calls the method of core's base class. The app may have overridden it. */
function completeConfig(self: object, config: object): readonly [Completed?] {
  let base: unknown;
  for (let proto: unknown = self; proto; proto = Object.getPrototypeOf(proto)) {
    const own = Object.getOwnPropertyDescriptor(proto, COMPLETE)?.value;
    if (typeof own === "function") base = own;
  }
  return typeof base === "function" ? (base.call(self, config) as readonly [Completed?]) : [config];
}
