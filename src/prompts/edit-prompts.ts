import { getPipeline } from "../recording/pipeline.js";
import { checkArgument, type OptionKinds } from "../settings/check-options.js";
import { filledText, kindOf, text } from "../settings/kinds.js";
import { IS_PROMPT } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import { forget } from "./memory-cache.js";
import { configJson, modelConfig, type PromptModelConfig } from "./model-config.js";
import { promptName, promptVersion } from "./prompt-uri.js";
import { EXPERIMENT_IDS, isReservedTag, MODEL_CONFIG, notAPrompt } from "./stored-prompt.js";

/** The arguments of the functions that change prompts. */
export interface EditArguments {
  readonly name: string;
  readonly alias?: string;
  readonly version?: string | number;
  readonly key?: string;
  readonly value?: string;
  readonly modelConfig?: PromptModelConfig;
}

const ARGUMENTS: Required<OptionKinds<EditArguments>> = {
  name: promptName,
  alias: filledText,
  version: promptVersion,
  key: kindOf(
    "a text that is not empty and not one of MLflow's tags of prompts",
    (value) => filledText.read(value) !== undefined && !isReservedTag(String(value)),
  ),
  value: text,
  modelConfig,
};

/** Changes a prompt. Models keep their own functions. */
export async function editPrompt(
  caller: string,
  given: EditArguments,
  change: (store: TrackingStore) => Promise<void>,
): Promise<void> {
  for (const key of Object.keys(given) as (keyof EditArguments)[]) {
    checkArgument<unknown>(caller, key, ARGUMENTS[key], given[key]);
  }
  const { store } = getPipeline().tracking.current();
  await tagsOfPrompt(store, given.name);
  await change(store);
  forget(store, given.name);
}

export async function getPromptTags(name: string): Promise<Record<string, string>> {
  checkArgument("getPromptTags()", "name", promptName, name);
  const tags = await tagsOfPrompt(getPipeline().tracking.current().store, name);
  const own = Object.entries(tags).filter(([key]) => key !== IS_PROMPT && key !== EXPERIMENT_IDS);
  return Object.fromEntries(own);
}

/** Replaces the model config of a version, or deletes it. */
export function changeModelConfig(
  store: TrackingStore,
  name: string,
  version: string,
  config?: PromptModelConfig,
): Promise<void> {
  const read = modelConfig.read(config);
  if (!read) return store.deleteModelVersionTag(name, version, MODEL_CONFIG);
  return store.setModelVersionTag(name, version, MODEL_CONFIG, configJson(read));
}

async function tagsOfPrompt(store: TrackingStore, name: string) {
  const { tags } = await store.getRegisteredModel(name);
  if (!Object.hasOwn(tags, IS_PROMPT)) throw notAPrompt(name);
  return tags;
}
