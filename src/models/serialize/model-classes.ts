import { MlflowException } from "../../base/errors.js";
import type { ImportFromApp } from "../code/app-modules.js";
import type { Fields } from "./fields.js";

/** A class of models that can be loaded from data. Its package is not LangChain's core. */
export interface ModelClass {
  readonly package: string;
  /** The fields that may be stored, by their name in data. */
  readonly fields: Fields;
  /** The environment variables that secrets are read from, by field. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The settings in its field `configuration` that may be stored. */
  readonly configuration: Fields;
  /** Fields that contain keys, addresses or headers, or objects created from them. They are neither stored nor compared. */
  readonly omitted: readonly string[];
  /** Other environment variables that the model's client reads. */
  readonly variables: readonly string[];
}

/** Fields of every language model. `cache`, `callbacks`, `caller` and `onFailedAttempt` are omitted: they contain code or objects. */
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
  omitted: [
    ...["apiKey", "openAIApiKey", "organization", "baseURL", "basePath", "defaultHeaders"],
    ...["client", "_encoding", "encoding"],
  ],
  variables: ["OPENAI_BASE_URL"],
};

/** The classes by their `lc_id`, joined with slashes. */
export const MODEL_CLASSES: Readonly<Record<string, ModelClass>> = {
  "langchain/chat_models/openai/ChatOpenAI": OPENAI,
  "langchain/llms/openai/OpenAI": OPENAI,
};

/** A model in data, and its fields that contain secrets. */
export interface FoundModel {
  readonly id: readonly string[];
  readonly modelClass: ModelClass;
  readonly secretFields: readonly string[];
}

/** The imported packages of the models in data, and the environment variables of their secrets. */
export interface LoadedClasses {
  /** The packages, by the namespace in the ids of the models. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly secretIds: readonly string[];
}

/** The secrets that a class declares, by property, and the names of its properties in data. */
interface Declaring {
  readonly lc_secrets?: Readonly<Record<string, string>>;
  readonly lc_aliases?: Readonly<Record<string, string>>;
}

/**
 * Imports the classes of models. An installed class must declare the secrets that are listed for it, because another version of the
 * class could use the field for something else.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when a class does not declare the secret.
 */
export async function loadModelClasses(
  models: readonly FoundModel[],
  importFromApp: ImportFromApp,
): Promise<LoadedClasses> {
  const modules: Record<string, Readonly<Record<string, unknown>>> = {};
  const secretIds = new Set<string>();
  for (const { id, modelClass, secretFields } of models) {
    const namespace = id.slice(0, -1).join("/");
    modules[namespace] ??= await importFromApp(modelClass.package);
    const name = id.at(-1) as string;
    const { prototype } = (modules[namespace][name] ?? {}) as { readonly prototype?: Declaring };
    for (const field of secretFields) {
      const variable = modelClass.secrets[field] as string;
      if (!declares(prototype, field, variable)) throw notDeclared(name, field, variable);
      secretIds.add(variable);
    }
  }
  return { modules, secretIds: [...secretIds].sort() };
}

function declares(prototype: Declaring | undefined, field: string, variable: string): boolean {
  const { lc_secrets: secrets = {}, lc_aliases: aliases = {} } = prototype ?? {};
  return Object.entries(secrets).some(
    ([property, id]) => id === variable && (aliases[property] ?? snakeCase(property)) === field,
  );
}

/** Converts a property name to LangChain's name for it in data. */
function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function notDeclared(name: string, field: string, variable: string): MlflowException {
  return new MlflowException(
    `The model cannot be loaded: the installed version of ${name} does not read its ${field} from ${variable}. Install the version of its package that the model was logged with.`,
    "INVALID_PARAMETER_VALUE",
  );
}
