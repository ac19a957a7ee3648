import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";

/** An app's own callback handler, of the plainest kind: it notes what it hears. */
export interface Witness {
  readonly handler: object;
  readonly callbacks: CallbackHandlerMethods[];
  /** `handleChainStart RunnableLambda`, sorted: parallel branches may change places. */
  readonly events: readonly string[];
  /** The ids of the runs it has heard of. */
  readonly runIds: readonly string[];
}

const STARTS = [
  "handleChainStart",
  "handleChatModelStart",
  "handleLLMStart",
  "handleToolStart",
  "handleRetrieverStart",
];
const ENDS = [
  "handleChainEnd",
  "handleChainError",
  "handleLLMEnd",
  "handleLLMError",
  "handleToolEnd",
  "handleToolError",
  "handleRetrieverEnd",
  "handleRetrieverError",
  "handleLLMNewToken",
  "handleAgentAction",
  "handleAgentEnd",
];

export function witness(): Witness {
  const events: string[] = [];
  const runIds: string[] = [];
  const handler: Record<string, unknown> = { name: "witness", awaitHandlers: true };
  handler.copy = () => handler;
  for (const name of STARTS) {
    handler[name] = (serialized: { id?: unknown[] } | undefined, _: unknown, runId: string) => {
      events.push(`${name} ${serialized?.id?.at(-1)}`);
      runIds.push(runId);
    };
  }
  for (const name of ENDS) handler[name] = () => void events.push(name);
  return {
    handler,
    callbacks: [handler],
    runIds,
    get events() {
      return [...events].sort();
    },
  };
}
