/** The contents of `mlflow.genai` that come from this folder. */
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import type { TrackingStore } from "../store/store.js";
import type { EditArguments } from "./edit-prompts.js";
import type { LoadPromptOptions } from "./load-prompt.js";
import type { PromptModelConfig } from "./model-config.js";
import type { PromptVersion as Version } from "./prompt-version.js";
import type { RegisterPromptOptions } from "./register-prompt.js";

export { fromLangChain } from "./from-langchain.js";
export type { LoadPromptOptions } from "./load-prompt.js";
export type { PromptModelConfig } from "./model-config.js";
export type { FormatPromptOptions } from "./prompt-version.js";
export type { RegisterPromptOptions } from "./register-prompt.js";
export { type Prompt, type SearchPromptsOptions, searchPrompts } from "./search-prompts.js";
export type { PromptMessage, PromptTemplate } from "./template.js";

/** A version of a prompt: `registerPrompt()` and `loadPrompt()` return it. Mirrors `mlflow.entities.PromptVersion`. */
export interface PromptVersion extends Version {}

type Edits = typeof import("./edit-prompts.js");

/**
 * Registers a version of a prompt. The first one creates the prompt. Mirrors `mlflow.genai.register_prompt`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, and for the name of a model.
 * @example
 * await genai.registerPrompt({
 *   name: "greeting",
 *   template: [
 *     { role: "system", content: "You are {{style}}." },
 *     { role: "user", content: "{{question}}" },
 *   ],
 *   commitMessage: "First version",
 * });
 */
export function registerPrompt(options: RegisterPromptOptions): Promise<PromptVersion> {
  const work = async () => (await import("./register-prompt.js")).registerPrompt(options);
  return hold(work(), ANSWER_TIMEOUT_MS);
}

/**
 * Loads a version of a prompt: by its name (the latest version, or `version`), by `prompts:/name/1` or by
 * `prompts:/name@alias`. Inside a trace, the trace is linked to it. While a server is away, the last version that it
 * returned is read from the cache folder, and a warning is logged. Mirrors `mlflow.genai.load_prompt`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the version does not exist, unless `allowMissing` is true;
 * INVALID_PARAMETER_VALUE for an invalid URI or option, and for a model; and the errors of the store.
 * @example
 * const prompt = await genai.loadPrompt("prompts:/greeting@production");
 * const text = prompt.format({ name: "Ada" });
 */
export function loadPrompt(
  nameOrUri: string,
  options: LoadPromptOptions & { readonly allowMissing: true },
): Promise<PromptVersion | undefined>;
export function loadPrompt(nameOrUri: string, options?: LoadPromptOptions): Promise<PromptVersion>;
export function loadPrompt(
  nameOrUri: string,
  options: LoadPromptOptions = {},
): Promise<PromptVersion | undefined> {
  const work = async () => (await import("./load-prompt.js")).loadPrompt(nameOrUri, options);
  return hold(work(), ANSWER_TIMEOUT_MS);
}

/**
 * Sets an alias for a version: `prompts:/<name>@<alias>`. Mirrors `mlflow.genai.set_prompt_alias`.
 *
 * @example
 * await genai.setPromptAlias("greeting", "production", 3);
 */
export function setPromptAlias(
  name: string,
  alias: string,
  version: string | number,
): Promise<void> {
  return edit("setPromptAlias()", { name, alias, version }, (store) =>
    store.setRegisteredModelAlias(name, alias, String(version)),
  );
}

/**
 * Deletes an alias. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_alias`.
 *
 * @example
 * await genai.deletePromptAlias("greeting", "production");
 */
export function deletePromptAlias(name: string, alias: string): Promise<void> {
  return edit("deletePromptAlias()", { name, alias }, (store) =>
    store.deleteRegisteredModelAlias(name, alias),
  );
}

/**
 * Returns the tags of a prompt. Mirrors `mlflow.genai.get_prompt_tags`.
 *
 * @example
 * const { team } = await genai.getPromptTags("greeting");
 */
export function getPromptTags(name: string): Promise<Record<string, string>> {
  const work = async () => (await import("./edit-prompts.js")).getPromptTags(name);
  return hold(work(), ANSWER_TIMEOUT_MS);
}

/**
 * Sets a tag of a prompt. Mirrors `mlflow.genai.set_prompt_tag`.
 *
 * @example
 * await genai.setPromptTag("greeting", "team", "docs");
 */
export function setPromptTag(name: string, key: string, value: string): Promise<void> {
  return edit("setPromptTag()", { name, key, value }, (store) =>
    store.setRegisteredModelTag(name, key, value),
  );
}

/**
 * Deletes a tag of a prompt. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_tag`.
 *
 * @example
 * await genai.deletePromptTag("greeting", "team");
 */
export function deletePromptTag(name: string, key: string): Promise<void> {
  return edit("deletePromptTag()", { name, key }, (store) =>
    store.deleteRegisteredModelTag(name, key),
  );
}

/**
 * Sets a tag of a version of a prompt. Mirrors `mlflow.genai.set_prompt_version_tag`.
 *
 * @example
 * await genai.setPromptVersionTag("greeting", 3, "reviewed", "yes");
 */
export function setPromptVersionTag(
  name: string,
  version: string | number,
  key: string,
  value: string,
): Promise<void> {
  return edit("setPromptVersionTag()", { name, version, key, value }, (store) =>
    store.setModelVersionTag(name, String(version), key, value),
  );
}

/**
 * Deletes a tag of a version of a prompt. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_version_tag`.
 *
 * @example
 * await genai.deletePromptVersionTag("greeting", 3, "reviewed");
 */
export function deletePromptVersionTag(
  name: string,
  version: string | number,
  key: string,
): Promise<void> {
  return edit("deletePromptVersionTag()", { name, version, key }, (store) =>
    store.deleteModelVersionTag(name, String(version), key),
  );
}

/**
 * Replaces the model config of a version, which can change after it is registered. Mirrors `mlflow.genai.set_prompt_model_config`.
 *
 * @example
 * await genai.setPromptModelConfig("greeting", 3, { temperature: 0 });
 */
export function setPromptModelConfig(
  name: string,
  version: string | number,
  modelConfig: PromptModelConfig,
): Promise<void> {
  return edit("setPromptModelConfig()", { name, version, modelConfig }, (store, edits) =>
    edits.changeModelConfig(store, name, String(version), modelConfig),
  );
}

/**
 * Deletes the model config of a version. Mirrors `mlflow.genai.delete_prompt_model_config`.
 *
 * @example
 * await genai.deletePromptModelConfig("greeting", 3);
 */
export function deletePromptModelConfig(name: string, version: string | number): Promise<void> {
  return edit("deletePromptModelConfig()", { name, version }, (store, edits) =>
    edits.changeModelConfig(store, name, String(version)),
  );
}

function edit(
  caller: string,
  given: EditArguments,
  change: (store: TrackingStore, edits: Edits) => Promise<void>,
): Promise<void> {
  const work = async () => {
    const edits = await import("./edit-prompts.js");
    await edits.editPrompt(caller, given, (store) => change(store, edits));
  };
  return hold(work(), ANSWER_TIMEOUT_MS);
}
