import { invalidParameter } from "../base/errors.js";
import type { PromptTemplate } from "./template.js";

/** MLflow stores a prompt as a registered model with these tags. */
export const IS_PROMPT = "mlflow.prompt.is_prompt";
const TEXT = "mlflow.prompt.text";
const TYPE = "_mlflow_prompt_type";
export const RESPONSE_FORMAT = "_mlflow_prompt_response_format";
export const MODEL_CONFIG = "_mlflow_prompt_model_config";

const RESERVED: ReadonlySet<string> = new Set([
  IS_PROMPT,
  TEXT,
  TYPE,
  RESPONSE_FORMAT,
  MODEL_CONFIG,
]);

export function isReservedTag(key: string): boolean {
  return RESERVED.has(key);
}

/** The tags of a new version. */
export function versionTags(version: {
  readonly template: PromptTemplate;
  readonly tags: Readonly<Record<string, string>>;
  readonly responseFormat: object | undefined;
  readonly modelConfig: object | undefined;
}): Record<string, string> {
  const { template, responseFormat, modelConfig } = version;
  const isText = typeof template === "string";
  return {
    ...version.tags,
    [IS_PROMPT]: "true",
    [TYPE]: isText ? "text" : "chat",
    [TEXT]: isText ? template : JSON.stringify(template),
    ...(responseFormat && { [RESPONSE_FORMAT]: JSON.stringify(responseFormat) }),
    ...(modelConfig && { [MODEL_CONFIG]: JSON.stringify(modelConfig) }),
  };
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the version has no template. */
export function readTemplate(tags: Readonly<Record<string, string>>): PromptTemplate {
  const text = tags[TEXT];
  if (text === undefined) throw invalidParameter(`The prompt has no template: no tag ${TEXT}.`);
  return tags[TYPE] === "chat" ? JSON.parse(text) : text;
}
