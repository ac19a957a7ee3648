import { randomUUID } from "node:crypto";
import { guard } from "../../base/log.js";
import type { CallbackListeners } from "../events/callbacks.js";
import type { Live } from "../events/read.js";
import type { ModelStream, StreamListener } from "./model-streams.js";

type ModelListeners = Required<
  Pick<
    CallbackListeners,
    "handleChatModelStart" | "handleChatModelStreamEvent" | "handleLLMEnd" | "handleLLMError"
  >
>;

/**
 * `streamEvents` version 3, called on a model itself, sends no callbacks. Sends our listeners the events that LangChain
 * sends for other streams. Call the returned function in the scope of the stream.
 */
export function createStreamRecorder(listeners: ModelListeners) {
  return ({ model, messages, callOptions, options, parentRunId }: ModelStream): StreamListener => {
    const runId = randomUUID();
    const live = model as Live;
    const config = (options ?? {}) as Live;
    const call = (name: string): unknown => {
      const method = live[name];
      return typeof method === "function" ? method.call(model, callOptions) : undefined;
    };
    const run = { runId, parentRunId, tags: undefined, kwargs: undefined };
    const streamed = new StreamedMessage();
    guard("start of a stream", () => {
      const ls = (call("getLsParamsWithDefaults") ?? call("getLsParams")) as object | undefined;
      listeners.handleChatModelStart({
        serialized: call("toJSON"),
        value: [messages],
        runId,
        parentRunId,
        extra: {
          invocation_params: call("invocationParams"),
          options: callOptions,
          batch_size: 1,
        },
        tags: config.tags,
        metadata: { ...(config.metadata as object), ...ls, ...(live.metadata as object) },
        runName: config.runName,
      });
    })();
    return {
      event: (event) => {
        streamed.add(event as Live);
        listeners.handleChatModelStreamEvent({ ...run, value: event });
      },
      returned: () =>
        listeners.handleLLMEnd({ ...run, value: { generations: [[streamed.generation]] } }),
      thrown: (error) => listeners.handleLLMError({ ...run, value: error }),
    };
  };
}

/** The message that the events of a stream describe. */
class StreamedMessage {
  /** By index, which the provider chooses: an array could become very long. */
  readonly #blocks = new Map<number, unknown>();
  #id: unknown;
  #usage: unknown;
  #metadata: object = {};

  add({ event, index, content, id, usage, reason, responseMetadata }: Live): void {
    if (usage !== undefined) this.#usage = usage;
    if (event === "message-start") this.#id = id;
    // The last event of a content block has the whole block.
    else if (event === "content-block-finish") this.#blocks.set(Number(index), content);
    else if (event === "message-finish") {
      this.#metadata = { ...(responseMetadata as object), finish_reason: reason };
    }
  }

  /** A generation with the message in the form LangChain dumps it in. */
  get generation(): object {
    const inOrder = [...this.#blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
    const blocks = inOrder.filter((block) => block !== undefined) as Live[];
    const message = {
      type: "ai",
      id: this.#id,
      content: blocks,
      tool_calls: blocks.filter(({ type }) => type === "tool_call"),
      invalid_tool_calls: blocks.filter(({ type }) => type === "invalid_tool_call"),
      usage_metadata: this.#usage,
      response_metadata: this.#metadata,
    };
    return { message };
  }
}
