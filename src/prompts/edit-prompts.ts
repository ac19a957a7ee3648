import { getPipeline } from "../recording/pipeline.js";
import { checkArgument } from "../settings/check-options.js";
import { filledText, type Kind, kindOf, text } from "../settings/kinds.js";
import { IS_PROMPT } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import { forget } from "./memory-cache.js";
import { configJson, modelConfig, type PromptModelConfig } from "./model-config.js";
import { promptName, promptVersion } from "./prompt-uri.js";
import { EXPERIMENT_IDS, isReservedTag, MODEL_CONFIG, notAPrompt } from "./stored-prompt.js";

type Version = string | number;

const tagKey: Kind<string> = kindOf(
  "a text that is not empty and not one of MLflow's tags of prompts",
  (value) => filledText.read(value) !== undefined && !isReservedTag(String(value)),
);

export function setPromptAlias(name: string, alias: string, version: Version): Promise<void> {
  const caller = "setPromptAlias()";
  checkArgument(caller, "alias", filledText, alias);
  checkArgument(caller, "version", promptVersion, version);
  return edit(caller, name, (store) => store.setRegisteredModelAlias(name, alias, String(version)));
}

export function deletePromptAlias(name: string, alias: string): Promise<void> {
  const caller = "deletePromptAlias()";
  checkArgument(caller, "alias", filledText, alias);
  return edit(caller, name, (store) => store.deleteRegisteredModelAlias(name, alias));
}

export async function getPromptTags(name: string): Promise<Record<string, string>> {
  checkArgument("getPromptTags()", "name", promptName, name);
  const { store } = getPipeline().tracking.current();
  const tags = await tagsOfPrompt(store, name);
  const own = Object.entries(tags).filter(([key]) => key !== IS_PROMPT && key !== EXPERIMENT_IDS);
  return Object.fromEntries(own);
}

export function setPromptTag(name: string, key: string, value: string): Promise<void> {
  const caller = "setPromptTag()";
  checkArgument(caller, "key", tagKey, key);
  checkArgument(caller, "value", text, value);
  return edit(caller, name, (store) => store.setRegisteredModelTag(name, key, value));
}

export function deletePromptTag(name: string, key: string): Promise<void> {
  const caller = "deletePromptTag()";
  checkArgument(caller, "key", tagKey, key);
  return edit(caller, name, (store) => store.deleteRegisteredModelTag(name, key));
}

export function setPromptVersionTag(
  name: string,
  version: Version,
  key: string,
  value: string,
): Promise<void> {
  const caller = "setPromptVersionTag()";
  checkArgument(caller, "version", promptVersion, version);
  checkArgument(caller, "key", tagKey, key);
  checkArgument(caller, "value", text, value);
  return edit(caller, name, (store) => store.setModelVersionTag(name, String(version), key, value));
}

export function deletePromptVersionTag(name: string, version: Version, key: string): Promise<void> {
  const caller = "deletePromptVersionTag()";
  checkArgument(caller, "version", promptVersion, version);
  checkArgument(caller, "key", tagKey, key);
  return edit(caller, name, (store) => store.deleteModelVersionTag(name, String(version), key));
}

export function setPromptModelConfig(
  name: string,
  version: Version,
  config: PromptModelConfig,
): Promise<void> {
  const caller = "setPromptModelConfig()";
  checkArgument(caller, "version", promptVersion, version);
  const json = configJson(checkArgument(caller, "modelConfig", modelConfig, config));
  return edit(caller, name, (store) =>
    store.setModelVersionTag(name, String(version), MODEL_CONFIG, json),
  );
}

export function deletePromptModelConfig(name: string, version: Version): Promise<void> {
  const caller = "deletePromptModelConfig()";
  checkArgument(caller, "version", promptVersion, version);
  return edit(caller, name, (store) =>
    store.deleteModelVersionTag(name, String(version), MODEL_CONFIG),
  );
}

/** Changes a prompt. Models keep their own functions. */
async function edit(
  caller: string,
  name: string,
  change: (store: TrackingStore) => Promise<void>,
): Promise<void> {
  checkArgument(caller, "name", promptName, name);
  const { store } = getPipeline().tracking.current();
  await tagsOfPrompt(store, name);
  await change(store);
  forget(store, name);
}

async function tagsOfPrompt(store: TrackingStore, name: string) {
  const { tags } = await store.getRegisteredModel(name);
  if (!Object.hasOwn(tags, IS_PROMPT)) throw notAPrompt(name);
  return tags;
}
