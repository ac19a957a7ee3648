/** A class of LangChain's. */
export type Class = abstract new (...args: never[]) => object;

/** The classes of one copy of `@langchain/core` that are patched, and the other exports of their modules. */
export interface CoreClasses {
  readonly CallbackManager?: object | undefined;
  readonly Runnable?: Class | undefined;
  readonly AsyncLocalStorageProviderSingleton?: object | undefined;
  readonly [name: string]: unknown;
}
