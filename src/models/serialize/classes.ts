import type { Fields } from "./fields.js";
import { MODEL_CLASSES, type ModelClass } from "./model-classes.js";

/*
 * The classes of LangChain's core that can be stored as data, and their fields. A class or field that is not listed is neither
 * written nor loaded. The names are those in the data, after LangChain's conversion (`promptMessages` is `messages`). A field in
 * another spelling is rejected, so it does not matter how LangChain interprets that spelling.
 *
 * The lists contain fields that hold values, templates or other objects. They omit fields that hold code, and fields through which
 * LangChain reaches a client, a cache, callbacks or a file.
 */

const RUNNABLE: Fields = { name: "text", tags: "texts", metadata: "json" };

const PROMPT: Fields = {
  ...RUNNABLE,
  input_variables: "texts",
  template_format: "format",
  validate_template: "flag",
  output_parser: "parts",
};
const TEMPLATE: Fields = {
  ...PROMPT,
  template: "json",
  additional_content_fields: "json",
};
const CHAT_PROMPT: Fields = { ...PROMPT, messages: "parts" };
const MESSAGE_PROMPT: Fields = {
  ...RUNNABLE,
  prompt: "parts",
  input_variables: "texts",
  additional_options: "json",
};

const PROMPTS: Readonly<Record<string, Fields>> = {
  // A StructuredPrompt passes its schema to the templates of its messages.
  "langchain_core/prompts/prompt/PromptTemplate": { ...TEMPLATE, schema: "json", method: "text" },
  "langchain_core/prompts/image/ImagePromptTemplate": TEMPLATE,
  "langchain_core/prompts/dict/DictPromptTemplate": TEMPLATE,
  "langchain_core/prompts/chat/ChatPromptTemplate": CHAT_PROMPT,
  "langchain_core/prompts/structured/StructuredPrompt": {
    ...CHAT_PROMPT,
    schema_: "json",
    method: "text",
  },
  "langchain_core/prompts/chat/MessagesPlaceholder": {
    ...RUNNABLE,
    variable_name: "text",
    optional: "flag",
  },
  "langchain_core/prompts/chat/AIMessagePromptTemplate": MESSAGE_PROMPT,
  "langchain_core/prompts/chat/HumanMessagePromptTemplate": MESSAGE_PROMPT,
  "langchain_core/prompts/chat/SystemMessagePromptTemplate": MESSAGE_PROMPT,
  "langchain_core/prompts/chat/ChatMessagePromptTemplate": { ...MESSAGE_PROMPT, role: "text" },
  "langchain_core/prompts/few_shot_chat/FewShotChatMessagePromptTemplate": {
    ...PROMPT,
    examples: "parts",
    example_prompt: "parts",
    example_separator: "text",
    prefix: "text",
    suffix: "text",
  },
  "langchain_core/prompts/pipeline/PipelinePromptTemplate": {
    ...PROMPT,
    pipeline_prompts: "parts",
    final_prompt: "parts",
  },
};

const PARSERS: Readonly<Record<string, Fields>> = {
  "langchain_core/output_parsers/string/StrOutputParser": RUNNABLE,
  "langchain_core/output_parsers/bytes/BytesOutputParser": RUNNABLE,
  "langchain_core/output_parsers/JsonOutputParser": RUNNABLE,
  "langchain_core/output_parsers/XMLOutputParser": RUNNABLE,
  "langchain_core/output_parsers/list/CommaSeparatedListOutputParser": RUNNABLE,
  "langchain_core/output_parsers/list/NumberedListOutputParser": RUNNABLE,
};

const BINDING: Fields = { ...RUNNABLE, bound: "parts", kwargs: "options", config: "options" };
const MAP: Fields = { ...RUNNABLE, steps: "parts" };

const RUNNABLES: Readonly<Record<string, Fields>> = {
  "langchain_core/runnables/RunnableSequence": {
    ...RUNNABLE,
    first: "parts",
    middle: "parts",
    last: "parts",
    omit_sequence_tags: "flag",
  },
  "langchain_core/runnables/RunnableMap": MAP,
  "langchain_core/runnables/RunnableParallel": MAP,
  "langchain_core/runnables/RunnablePassthrough": RUNNABLE,
  "langchain_core/runnables/RunnableAssign": { ...RUNNABLE, mapper: "parts" },
  "langchain_core/runnables/RunnablePick": { ...RUNNABLE, keys: "texts" },
  "langchain_core/runnables/RunnableBinding": BINDING,
  "langchain_core/runnables/RunnableRetry": {
    ...BINDING,
    max_attempt_number: "number",
    stop_after_attempt: "number",
  },
  "langchain_core/runnables/RunnableWithFallbacks": {
    ...RUNNABLE,
    runnable: "parts",
    fallbacks: "parts",
  },
  "langchain_core/runnables/RouterRunnable": { ...RUNNABLE, runnables: "parts" },
  "langchain_core/runnables/RunnableEach": { ...RUNNABLE, bound: "parts" },
};

const MESSAGE: Fields = {
  type: "text",
  id: "text",
  name: "text",
  content: "content",
  content_blocks: "content",
  additional_kwargs: "content",
  response_metadata: "content",
  example: "flag",
};

const MESSAGES: Readonly<Record<string, Fields>> = {
  "langchain_core/messages/HumanMessage": MESSAGE,
  "langchain_core/messages/SystemMessage": MESSAGE,
  "langchain_core/messages/FunctionMessage": MESSAGE,
  "langchain_core/messages/ChatMessage": { ...MESSAGE, role: "text" },
  "langchain_core/messages/AIMessage": {
    ...MESSAGE,
    tool_calls: "content",
    invalid_tool_calls: "content",
    usage_metadata: "content",
  },
  "langchain_core/messages/ToolMessage": {
    ...MESSAGE,
    tool_call_id: "text",
    status: "text",
    artifact: "content",
    metadata: "content",
  },
};

const CORE_CLASSES: Readonly<Record<string, Fields>> = {
  ...PROMPTS,
  ...PARSERS,
  ...RUNNABLES,
  ...MESSAGES,
};

/** The fields that objects of this class can have in data. Undefined for a class that cannot be stored as data. */
export function fieldsOfClass(id: unknown): Fields | undefined {
  const name = classNameOf(id);
  if (name === undefined) return undefined;
  if (Object.hasOwn(CORE_CLASSES, name)) return CORE_CLASSES[name];
  return modelClassOf(id)?.fields;
}

export function modelClassOf(id: unknown): ModelClass | undefined {
  const name = classNameOf(id);
  return name !== undefined && Object.hasOwn(MODEL_CLASSES, name) ? MODEL_CLASSES[name] : undefined;
}

/** Undefined for an id with a part that contains a slash or is not a string, because two such ids could have the same name. */
function classNameOf(id: unknown): string | undefined {
  const isId =
    Array.isArray(id) && id.every((part) => typeof part === "string" && !part.includes("/"));
  return isId ? id.join("/") : undefined;
}
