// The nodes of LangChain's data, written by hand.

export type Json = Readonly<Record<string, unknown>>;

export const CHAT = ["langchain", "chat_models", "openai", "ChatOpenAI"];
export const LLM = ["langchain", "llms", "openai", "OpenAI"];
export const runnable = (name: string) => ["langchain_core", "runnables", name];

export const node = (id: unknown, kwargs: unknown): Json => ({
  ...{ lc: 1, type: "constructor", id, kwargs },
});
export const secret = (variable: string): Json => ({ lc: 1, type: "secret", id: [variable] });
export const escaped = (value: unknown): Json => ({ __lc_escaped__: value });
/** As JSON.parse makes it: an own field of this name, not a prototype. */
export const withPrototype = (value: unknown): unknown =>
  JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);

export const openAi = (fields: Json = {}, id: readonly string[] = CHAT): Json =>
  node(id, {
    ...{ model: id === CHAT ? "gpt-4o" : "gpt-3.5-turbo-instruct", max_retries: 0 },
    ...{ openai_api_key: secret("OPENAI_API_KEY"), ...fields },
  });

export const prompt = (fields: Json): Json =>
  node(["langchain_core", "prompts", "prompt", "PromptTemplate"], fields);
export const parser = node(["langchain_core", "output_parsers", "string", "StrOutputParser"], {});
export const message = (fields: Json): Json =>
  node(["langchain_core", "messages", "HumanMessage"], fields);
export const chatPrompt = (messages: readonly unknown[], fields: Json = {}): Json =>
  node(["langchain_core", "prompts", "chat", "ChatPromptTemplate"], {
    ...{ messages, input_variables: [], ...fields },
  });
export const sequence = (first: unknown, last: unknown): Json =>
  node(runnable("RunnableSequence"), { first, middle: [], last });
