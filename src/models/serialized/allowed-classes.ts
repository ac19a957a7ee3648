/**
 * The classes that a stored chain may be made of. Whoever writes a chain's file chooses classes and
 * what their constructors get, so only these are ever made; a class that is missing here is logged
 * from code.
 */

/** Namespaces of `@langchain/core` whose classes hold data and compose. */
const CORE_NAMESPACES = [
  "langchain_core/prompts",
  "langchain_core/runnables",
  "langchain_core/output_parsers",
  "langchain_core/messages",
  "langchain_core/documents",
  "langchain_core/prompt_values",
];

interface Namespace {
  /** The package that has these classes. */
  readonly package: string;
  readonly classes: readonly string[];
  /** The variable that the provider's client reads for where it sends its requests. */
  readonly baseUrlVariable?: string;
}

/** LangChain's own names for classes of other packages. */
const NAMESPACES: Readonly<Record<string, Namespace>> = {
  "langchain/chat_models/openai": {
    package: "@langchain/openai",
    classes: ["ChatOpenAI", "ChatOpenAICompletions", "ChatOpenAIResponses"],
    baseUrlVariable: "OPENAI_BASE_URL",
  },
  "langchain/chat_models/azure_openai": {
    package: "@langchain/openai",
    classes: ["AzureChatOpenAI"],
  },
  "langchain/llms/openai": {
    package: "@langchain/openai",
    classes: ["OpenAI"],
    baseUrlVariable: "OPENAI_BASE_URL",
  },
  "langchain/chat_models/anthropic": {
    package: "@langchain/anthropic",
    classes: ["ChatAnthropic"],
    baseUrlVariable: "ANTHROPIC_BASE_URL",
  },
  "langchain/chat_models/groq": { package: "@langchain/groq", classes: ["ChatGroq"] },
  "langchain/chat_models/mistralai": {
    package: "@langchain/mistralai",
    classes: ["ChatMistralAI"],
  },
  "langchain/chat_models/ollama": { package: "@langchain/ollama", classes: ["ChatOllama"] },
};

/** Where a class of LangChain's id (`["langchain_core", "prompts", "chat", "ChatPromptTemplate"]`) comes from. */
export function allowedClass(
  id: readonly string[],
):
  | { readonly namespace?: string; readonly package: string; readonly baseUrlVariable?: string }
  | undefined {
  const namespace = id.slice(0, -1).join("/");
  const isCore = CORE_NAMESPACES.some(
    (one) => namespace === one || namespace.startsWith(`${one}/`),
  );
  if (isCore) return { package: "@langchain/core" };
  const found = Object.hasOwn(NAMESPACES, namespace) ? NAMESPACES[namespace] : undefined;
  if (!found?.classes.includes(id.at(-1) ?? "")) return undefined;
  const { baseUrlVariable } = found;
  return { namespace, package: found.package, ...(baseUrlVariable && { baseUrlVariable }) };
}
