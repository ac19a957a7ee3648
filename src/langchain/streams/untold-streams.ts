import { randomUUID } from "node:crypto";
import { guard } from "../../base/log.js";
import type { Live } from "../events/read.js";

/** The part of our handler that hears of models. */
interface ModelHandler {
  handleChatModelStart(
    serialized: unknown,
    messages: unknown,
    runId: string,
    parentRunId?: string,
    extra?: unknown,
    tags?: unknown,
    metadata?: unknown,
    runName?: unknown,
  ): void;
  handleChatModelStreamEvent(event: Live | undefined, runId: string): void;
  handleLLMEnd(result: unknown, runId: string): void;
  handleLLMError(error: unknown, runId: string): void;
}

/** A model's stream, as `streamEvents` called on the model itself makes it: LangChain tells no handler of it. */
export interface UntoldStream {
  readonly model: object;
  readonly messages: unknown;
  /** What the model gets of the options it was called with. */
  readonly callOptions: unknown;
  /** These options themselves, the config among them. */
  readonly options: unknown;
  readonly parentRunId: string | undefined;
}

/** Tells our handler, and no other, what LangChain would. Call it in the scope of the stream. */
export function createTeller(handler: ModelHandler) {
  return ({ model, messages, callOptions, options, parentRunId }: UntoldStream) => {
    const runId = randomUUID();
    const live = model as Live;
    const config = (options ?? {}) as Live;
    const call = (name: string): unknown => {
      const method = live[name];
      return typeof method === "function" ? method.call(model, callOptions) : undefined;
    };
    const streamed = new StreamedMessage();
    guard("start of a stream", () => {
      const ls = (call("getLsParamsWithDefaults") ?? call("getLsParams")) as object | undefined;
      handler.handleChatModelStart(
        call("toJSON"),
        [messages],
        runId,
        parentRunId,
        { invocation_params: call("invocationParams"), options: callOptions, batch_size: 1 },
        config.tags,
        { ...(config.metadata as object), ...ls, ...(live.metadata as object) },
        config.runName,
      );
    })();
    return {
      event: (event: unknown): void => {
        streamed.add(event as Live);
        handler.handleChatModelStreamEvent(event as Live, runId);
      },
      returned: (): void => handler.handleLLMEnd({ generations: [[streamed.generation]] }, runId),
      thrown: (error: unknown): void => handler.handleLLMError(error, runId),
    };
  };
}

/** The message that the events of a stream amount to. Each block of its content is told as a whole at its end. */
class StreamedMessage {
  /** By index, which the provider chooses: a list could become very long. */
  readonly #blocks = new Map<number, unknown>();
  #id: unknown;
  #usage: unknown;
  #metadata: object = {};

  add({ event, index, content, id, usage, reason, responseMetadata }: Live): void {
    if (usage !== undefined) this.#usage = usage;
    if (event === "message-start") this.#id = id;
    else if (event === "content-block-finish") this.#blocks.set(Number(index), content);
    else if (event === "message-finish") {
      this.#metadata = { ...(responseMetadata as object), finish_reason: reason };
    }
  }

  /** In the form LangChain dumps a message in. */
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
