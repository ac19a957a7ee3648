import { CallbackManager } from "@langchain/core/callbacks/manager";
import { getState } from "../../src/autolog/state.js";

/** How the starts of LangChain runs reach autolog, which is on. */
export interface Starts {
  /** The names of the runs that a lean manager passed directly to our listeners. */
  readonly direct: readonly string[];
  /** The names of the runs that LangChain's own manager passed to our handler. */
  readonly byHandler: readonly string[];
  stop(): void;
}

const METHODS = [
  "handleChainStart",
  "handleChatModelStart",
  "handleLLMStart",
  "handleToolStart",
  "handleRetrieverStart",
];
const RUN_ID = 2;

type Handler = Record<string, (...args: unknown[]) => unknown>;

/** LangChain calls the methods of our handler. Lean managers call what these methods call. */
export function watchStarts(): Starts {
  const handler = handlerOfAutolog();
  const { collector } = getState().recording;
  const direct: string[] = [];
  const byHandler: string[] = [];
  const receivedRunIds = new Set<unknown>();
  const originals = METHODS.map((name) => [name, handler[name]!] as const);
  for (const [name, original] of originals) {
    handler[name] = (...args) => {
      receivedRunIds.add(args[RUN_ID]);
      return original(...args);
    };
  }
  const { startSpan } = collector;
  collector.startSpan = (runId, init, ...rest) => {
    (receivedRunIds.has(runId) ? byHandler : direct).push(init.name);
    return startSpan.call(collector, runId, init, ...rest);
  };
  return {
    direct,
    byHandler,
    stop: () => {
      for (const [name, original] of originals) handler[name] = original;
      collector.startSpan = startSpan;
    },
  };
}

/** The handler that autolog adds to each manager. */
function handlerOfAutolog(): Handler {
  const handlers = CallbackManager._configureSync()?.handlers ?? [];
  const handler: unknown = handlers.find(({ name }) => name === "langchain_mlflow");
  if (!handler) throw new Error("autolog is not on");
  return handler as Handler;
}
