import { invalidParameter } from "../base/errors.js";
import { wellFormedJson } from "../data/well-formed-json.js";
import { IS_PROMPT, type ModelVersion } from "../store/model-store.js";
import { configJson, configOf, type PromptModelConfig } from "./model-config.js";
import { PromptVersion } from "./prompt-version.js";
import type { PromptTemplate } from "./template.js";

/** The experiments whose pages list the prompt: `,1,2,`. */
export const EXPERIMENT_IDS = "_mlflow_experiment_ids";
export const MODEL_CONFIG = "_mlflow_prompt_model_config";
/** Versions need a source. Servers accept only this one, and one other, for prompts. */
export const PROMPT_SOURCE = "dummy-source";

const TEXT = "mlflow.prompt.text";
const TYPE = "_mlflow_prompt_type";
const RESPONSE_FORMAT = "_mlflow_prompt_response_format";
const RESERVED = [IS_PROMPT, TEXT, TYPE, RESPONSE_FORMAT, MODEL_CONFIG];

export function isReservedTag(key: string): boolean {
  return RESERVED.includes(key);
}

/** What a version of a prompt holds. */
export interface PromptContent {
  readonly template: PromptTemplate;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly responseFormat?: object | undefined;
  readonly modelConfig?: PromptModelConfig | undefined;
}

/** The tags in which MLflow stores a version of a prompt. */
export function tagsOf({ template, tags, responseFormat, modelConfig }: PromptContent) {
  const isText = typeof template === "string";
  return {
    ...tags,
    [IS_PROMPT]: "true",
    [TYPE]: isText ? "text" : "chat",
    [TEXT]: isText ? template : wellFormedJson(template),
    ...(responseFormat && { [RESPONSE_FORMAT]: wellFormedJson(responseFormat) }),
    ...(modelConfig &&
      Object.keys(modelConfig).length > 0 && { [MODEL_CONFIG]: configJson(modelConfig) }),
  };
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if it is no prompt. */
export function promptOf(version: ModelVersion): PromptVersion {
  const { name, tags } = version;
  if (!Object.hasOwn(tags, IS_PROMPT)) throw notAPrompt(name);
  const text = tags[TEXT];
  if (text === undefined)
    throw invalidParameter(`The prompt '${name}' has no template: no tag ${TEXT}.`);
  const own = Object.entries(tags).filter(([key]) => !isReservedTag(key));
  const config = jsonIn(tags[MODEL_CONFIG]);
  return new PromptVersion({
    name,
    version: Number(version.version),
    template: tags[TYPE] === "chat" ? JSON.parse(text) : text,
    commitMessage: version.description,
    tags: Object.fromEntries(own),
    aliases: version.aliases,
    responseFormat: jsonIn(tags[RESPONSE_FORMAT]),
    modelConfig: config && configOf(config),
    creationTimestampMs: version.creationTimestampMs,
  });
}

export function notAPrompt(name: string) {
  return invalidParameter(
    `Name '${name}' is registered as a model, not a prompt. MLflow does not allow a prompt with the name of a model. Choose another name for the prompt.`,
  );
}

function jsonIn(tag: string | undefined): Readonly<Record<string, unknown>> | undefined {
  return tag === undefined ? undefined : JSON.parse(tag);
}
