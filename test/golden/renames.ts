/** A name LangChain.js itself gives where LangChain for Python gives another. */
export interface Rename {
  readonly golden: string;
  readonly ours: string;
  readonly reason: string;
}

/** Closed: an entry that renames nothing fails the test. */
export const RENAMES: readonly Rename[] = [
  {
    golden: "RunnableParallel<context,question>",
    ours: "RunnableMap",
    reason: "the class is called so in LangChain.js, which does not put the keys in the name",
  },
  {
    golden: "model",
    ours: "model_request",
    reason: "createAgent of LangChain.js names this node so",
  },
];
