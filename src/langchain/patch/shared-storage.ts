/** Where all copies of core keep the AsyncLocalStorage that they share. Only LangGraph and core's `context` create it. */
export const SHARED_STORAGE: unique symbol = Symbol.for("ls:tracing_async_local_storage");

/** Where core keeps the config of the running call, in the value of that storage. */
export const CHILD_CONFIG: unique symbol = Symbol.for("lc:child_config");

/** Where core keeps context variables, in the value of that storage. */
export const CONTEXT_VARIABLES: unique symbol = Symbol.for("lc:context_variables");
