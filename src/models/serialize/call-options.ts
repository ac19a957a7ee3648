import type { Fields } from "./fields.js";

/** Configuration of a call that every Runnable accepts. Callbacks, signals and stores are omitted, because they are not data. */
const CONFIGURATION: Fields = {
  runName: "text",
  tags: "texts",
  metadata: "json",
  configurable: "json",
  maxConcurrency: "number",
  recursionLimit: "number",
  timeout: "number",
};

/**
 * Options of a chat model that are sent in the body of a request. When ChatOpenAI streams, it also passes all options of a call to
 * its HTTP client. So this list must not contain a name that the client reads: `path`, `method`, `query`, `headers`,
 * `body`, `defaultBaseURL`, `fetchOptions`, `idempotencyKey`, `signal`, `options` and its internal ones.
 */
const OF_CHAT_MODELS: Fields = {
  model: "text",
  temperature: "number",
  max_tokens: "number",
  stop: "texts",
  tools: "tools",
  tool_choice: "json",
  parallel_tool_calls: "flag",
  strict: "flag",
  functions: "json",
  function_call: "json",
  response_format: "json",
  ls_structured_output_format: "json",
  outputVersion: "text",
  seed: "number",
  stream_options: "json",
  streamUsage: "flag",
  modalities: "texts",
  audio: "json",
  prediction: "json",
  reasoning: "json",
  reasoningEffort: "text",
  reasoning_effort: "text",
  verbosity: "text",
  service_tier: "text",
  promptCacheKey: "text",
  promptCacheRetention: "text",
  promptIndex: "number",
  previous_response_id: "text",
  truncation: "text",
  include: "texts",
  text: "json",
  useResponsesApi: "flag",
};

/** The options that a binding may add to a call. LangChain merges `kwargs` and `config` of a binding, so one list covers both. */
export const CALL_OPTIONS: Fields = { ...CONFIGURATION, ...OF_CHAT_MODELS };

/**
 * Tools that the provider runs itself, or only describes to the model. Tools that name a server for the provider to call (`mcp`), or
 * that run programs, are not accepted: they could send a user's data to a server that the model's author chose.
 */
export const TOOL_TYPES: ReadonlySet<unknown> = new Set([
  ...["function", "custom", "web_search", "web_search_preview", "file_search", "image_generation"],
]);
