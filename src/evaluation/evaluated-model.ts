/** A Runnable, an agent or a graph: of any copy of LangChain, so it is described by what is called. */
export interface InvokableModel {
  // biome-ignore lint/suspicious/noExplicitAny: each class has its own types of inputs and options
  invoke(input: any, options?: any): unknown;
}

/** The app's own function: it receives the inputs of a row, and a signal that aborts when the evaluation stops. */
export type PredictFn = (
  // biome-ignore lint/suspicious/noExplicitAny: the app declares the inputs of its own data
  inputs: any,
  context: { readonly signal: AbortSignal },
) => unknown;

/** Returns the value if it can be invoked. A proxy of the app may throw. */
export function readInvokable(value: unknown): InvokableModel | undefined {
  const isModel = typeof value === "object" && value !== null && "invoke" in value;
  return isModel && typeof value.invoke === "function" ? (value as InvokableModel) : undefined;
}
