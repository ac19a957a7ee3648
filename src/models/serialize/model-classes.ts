import type { Fields } from "./field-kinds.js";

/** A class of models that is loaded from data. It comes from a package beside LangChain's core. */
export interface ModelClass {
  readonly package: string;
  /** Its fields that may be stored. The names are those of data. */
  readonly fields: Fields;
  /** The variables that its secrets are read from, by field. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Settings in its field `configuration` that may be stored: numbers and flags. */
  readonly configuration: Fields;
  /** Fields that hold keys, addresses and headers, and objects made of them. They are neither stored nor compared. */
  readonly left: readonly string[];
  /** Variables that its client reads beside its secrets. */
  readonly variables: readonly string[];
}

/** Fields of every language model. `cache`, `callbacks`, `caller` and `onFailedAttempt` hold code or objects. */
const OF_LANGUAGE_MODELS: Fields = {
  name: "text",
  verbose: "flag",
  tags: "texts",
  metadata: "json",
  max_concurrency: "number",
  max_retries: "number",
};

/** The fields of ChatOpenAI and OpenAI. Each class ignores those of the other, so they share one list. */
const OF_OPENAI: Fields = {
  ...OF_LANGUAGE_MODELS,
  openai_api_key: "secret",
  organization: "secret",
  configuration: "configuration",
  model: "text",
  model_name: "text",
  model_kwargs: "request",
  temperature: "number",
  top_p: "number",
  frequency_penalty: "number",
  presence_penalty: "number",
  n: "number",
  best_of: "number",
  batch_size: "number",
  logit_bias: "json",
  logprobs: "flag",
  top_logprobs: "number",
  max_tokens: "number",
  max_completion_tokens: "number",
  stop: "texts",
  stop_sequences: "texts",
  user: "text",
  streaming: "flag",
  stream_usage: "flag",
  disable_streaming: "flag",
  output_version: "text",
  timeout: "number",
  supports_strict_tool_calling: "flag",
  prefix_messages: "json",
  modalities: "texts",
  audio: "json",
  reasoning: "json",
  reasoning_effort: "text",
  verbosity: "text",
  service_tier: "text",
  zdr_enabled: "flag",
  prompt_cache_key: "text",
  prompt_cache_retention: "text",
  use_responses_api: "flag",
};

const OPENAI: ModelClass = {
  package: "@langchain/openai",
  fields: OF_OPENAI,
  secrets: { openai_api_key: "OPENAI_API_KEY", organization: "OPENAI_ORGANIZATION" },
  configuration: {
    timeout: "number",
    maxRetries: "number",
    dangerouslyAllowBrowser: "flag",
    logLevel: "text",
  },
  left: [
    ...["apiKey", "openAIApiKey", "organization", "baseURL", "basePath", "defaultHeaders"],
    ...["client", "_encoding", "encoding"],
  ],
  variables: ["OPENAI_BASE_URL"],
};

/** By the parts of `lc_id`. */
export const MODEL_CLASSES: Readonly<Record<string, ModelClass>> = {
  "langchain/chat_models/openai/ChatOpenAI": OPENAI,
  "langchain/llms/openai/OpenAI": OPENAI,
};
