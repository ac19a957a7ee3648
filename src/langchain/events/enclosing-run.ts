import { guard } from "../../base/log.js";
import { parentRunIdOf } from "../patch/managers.js";

/** Where LangChain keeps the config of the run around the current code. */
const LANGCHAIN_CONTEXT = Symbol.for("ls:tracing_async_local_storage");
const CHILD_CONFIG = Symbol.for("lc:child_config");

interface ContextLike {
  getStore?(): { readonly extra?: Readonly<Record<symbol, unknown>> } | undefined;
}

/**
 * Finds the run around a call whose config names no parent: the app passed the handler again inside a step. LangChain
 * clears its context before it calls a handler. But it reads `awaitHandlers` of the handler directly before that, in the
 * context of the call. Only LangGraph creates this context.
 */
export function watchEnclosingRuns(handler: object): () => string | undefined {
  let runId: string | undefined;
  Object.defineProperty(handler, "awaitHandlers", {
    get: () => {
      runId = enclosingRunId();
      return true;
    },
    enumerable: true,
    configurable: true,
  });
  return () => runId;
}

const enclosingRunId = guard("the enclosing run", (): string | undefined => {
  const context = (globalThis as Readonly<Record<symbol, unknown>>)[LANGCHAIN_CONTEXT];
  const store = (context as ContextLike | undefined)?.getStore?.();
  return parentRunIdOf(store?.extra?.[CHILD_CONFIG]);
});
