import { guard } from "../../base/log.js";
import { parentRunIdOf } from "../patch/managers.js";
import { CHILD_CONFIG } from "../patch/shared-storage.js";
import { sharedStorage } from "../patch/unreached.js";

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
  return () => {
    // An app can copy the handler. LangChain then reads `awaitHandlers` of the copy, and this value is an old one.
    const taken = runId;
    runId = undefined;
    return taken;
  };
}

/** The run whose code is running, from the context that LangChain keeps. */
export const enclosingRunId = guard("the enclosing run", (): string | undefined => {
  const store = (sharedStorage() as ContextLike | undefined)?.getStore?.();
  return parentRunIdOf(store?.extra?.[CHILD_CONFIG]);
});
