/** A class that is loaded from data, beyond LangChain's core. */
export interface ModelClass {
  readonly package: string;
  /** Fields of the object that hold keys, addresses and headers, and what is made of them: never stored, and not compared. */
  readonly left: readonly string[];
  /** Fields of its `configuration` that may be stored: they hold numbers and flags. */
  readonly configuration: readonly string[];
  /** Variables that its client reads beside its `lc_secrets`. */
  readonly variables: readonly string[];
}

const OPENAI: ModelClass = {
  package: "@langchain/openai",
  left: [
    ...["apiKey", "openAIApiKey", "organization", "baseURL", "basePath", "defaultHeaders"],
    ...["client", "_encoding", "encoding"],
  ],
  configuration: ["timeout", "maxRetries", "dangerouslyAllowBrowser", "logLevel"],
  variables: ["OPENAI_BASE_URL"],
};

/** By the namespace and name of `lc_id`. */
export const MODEL_CLASSES: Readonly<Record<string, ModelClass>> = {
  "langchain/chat_models/openai/ChatOpenAI": OPENAI,
  "langchain/llms/openai/OpenAI": OPENAI,
};

const PROMPTS = [
  ...["AIMessagePromptTemplate", "ChatMessagePromptTemplate", "ChatPromptTemplate"],
  ...["DictPromptTemplate", "FewShotChatMessagePromptTemplate", "FewShotPromptTemplate"],
  ...["HumanMessagePromptTemplate", "ImagePromptTemplate", "MessagesPlaceholder"],
  ...[
    "PipelinePromptTemplate",
    "PromptTemplate",
    "StructuredPrompt",
    "SystemMessagePromptTemplate",
  ],
];

const PARSERS = [
  ...["BytesOutputParser", "CommaSeparatedListOutputParser", "CustomListOutputParser"],
  ...[
    "JsonMarkdownStructuredOutputParser",
    "JsonOutputFunctionsParser",
    "JsonOutputKeyToolsParser",
  ],
  ...["JsonOutputParser", "JsonOutputToolsParser", "JsonKeyOutputFunctionsParser"],
  ...["MarkdownListOutputParser", "NumberedListOutputParser", "OutputFunctionsParser"],
  ...["StrOutputParser", "StringOutputParser", "XMLOutputParser"],
];

const RUNNABLES = [
  ...["RouterRunnable", "RunnableAssign", "RunnableBinding", "RunnableEach", "RunnableMap"],
  ...["RunnableParallel", "RunnablePassthrough", "RunnablePick", "RunnableRetry"],
  ...["RunnableSequence", "RunnableWithFallbacks"],
];

const VALUES = [
  ...["AIMessage", "ChatMessage", "ChatPromptValue", "Document", "FunctionMessage"],
  ...["HumanMessage", "StringPromptValue", "SystemMessage", "ToolMessage"],
];

const CORE_CLASSES = new Set([...PROMPTS, ...PARSERS, ...RUNNABLES, ...VALUES]);

/** Whether objects of this class may be logged as data, and made of data that is loaded. */
export function isAllowed(id: readonly unknown[]): boolean {
  return isOfCore(id) || Object.hasOwn(MODEL_CLASSES, id.join("/"));
}

function isOfCore(id: readonly unknown[]): boolean {
  return id[0] === "langchain_core" && CORE_CLASSES.has(String(id.at(-1)));
}

export function modelClassOf(id: readonly unknown[]): ModelClass | undefined {
  const name = id.join("/");
  return Object.hasOwn(MODEL_CLASSES, name) ? MODEL_CLASSES[name] : undefined;
}
