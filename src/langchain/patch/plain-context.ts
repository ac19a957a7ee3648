import { CONTEXT_VARIABLES } from "./shared-storage.js";
import { sharedStorage } from "./unreached.js";

interface Stored {
  readonly tracingEnabled?: unknown;
  readonly [CONTEXT_VARIABLES]?: unknown;
}

interface Storage {
  getStore?(): Stored | undefined;
}

/**
 * Whether LangChain adds no handler of its own to a call that starts here: the app uses neither `traceable` of LangSmith
 * nor context variables, which hold the handlers of `registerConfigureHook`.
 */
export function isPlainContext(): boolean {
  const stored = (sharedStorage() as Storage | undefined)?.getStore?.();
  if (stored === undefined) return true;
  return stored[CONTEXT_VARIABLES] === undefined && stored.tracingEnabled !== true;
}

/** Whether no environment variable makes LangChain add handlers of its own: LangSmith's tracer, or the console's. */
export function isPlainEnvironment(): boolean {
  const { env } = process;
  return (
    env.LANGCHAIN_VERBOSE !== "true" &&
    env.LANGSMITH_TRACING_V2 !== "true" &&
    env.LANGCHAIN_TRACING_V2 !== "true" &&
    env.LANGSMITH_TRACING !== "true" &&
    env.LANGCHAIN_TRACING === undefined
  );
}
