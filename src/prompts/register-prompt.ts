import { MlflowException } from "../base/errors.js";
import { isZodSchema, jsonSchemaOfZod } from "../data/zod-schema.js";
import { getPipeline } from "../recording/pipeline.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import { dictionaryOfTexts, isDictionary, type Kind, required, text } from "../settings/kinds.js";
import { IS_PROMPT } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import { linkToExperiment } from "./link-entities.js";
import { forget } from "./memory-cache.js";
import { modelConfig, type PromptModelConfig } from "./model-config.js";
import { promptName } from "./prompt-uri.js";
import type { PromptVersion } from "./prompt-version.js";
import { notAPrompt, PROMPT_SOURCE, promptOf, tagsOf } from "./stored-prompt.js";
import { type PromptTemplate, promptTemplate } from "./template.js";

/** The options of `registerPrompt()`. */
export interface RegisterPromptOptions {
  /** Letters, digits, hyphens, underscores and dots. */
  readonly name: string;
  /** A text with variables such as `{{name}}`, or the messages of a chat. */
  readonly template: PromptTemplate;
  /** What has changed. */
  readonly commitMessage?: string;
  /** Tags of the version, and of the prompt. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The shape of the answer: a zod schema, or a JSON Schema. */
  readonly responseFormat?: object;
  /** The model and its parameters. */
  readonly modelConfig?: PromptModelConfig;
}

const schema: Kind<object> = {
  want: "a zod schema, or a JSON Schema: an object such as { type: 'object', properties: { … } }",
  read: (value) => {
    if (isZodSchema(value)) return jsonSchemaOfZod(value, "output");
    return isDictionary(value) ? JSON.parse(JSON.stringify(value)) : undefined;
  },
};

const OPTIONS: NamedKinds<RegisterPromptOptions> = {
  name: required(promptName),
  template: required(promptTemplate),
  commitMessage: text,
  tags: dictionaryOfTexts,
  responseFormat: schema,
  modelConfig,
};

export async function registerPrompt(options: RegisterPromptOptions): Promise<PromptVersion> {
  const given = readNamed("registerPrompt()", options, OPTIONS);
  const { name, commitMessage: description, tags = {} } = given;
  const { store } = getPipeline().tracking.current();
  const isNew = await createIfMissing(store, given);
  if (!isNew) {
    if (!Object.hasOwn((await store.getRegisteredModel(name)).tags, IS_PROMPT)) {
      throw notAPrompt(name);
    }
    for (const [key, value] of Object.entries(tags)) {
      await store.setRegisteredModelTag(name, key, value);
    }
  }
  try {
    const created = await store.createModelVersion({
      ...{ name, source: PROMPT_SOURCE, tags: tagsOf(given) },
      ...(description !== undefined && { description }),
    });
    forget(store, name, "latest");
    await linkToExperiment(name, "registered");
    return promptOf(created);
  } catch (cause) {
    // A prompt without versions would be listed.
    if (isNew) await store.deleteRegisteredModel(name).catch(() => {});
    throw cause;
  }
}

/** Returns false if the name exists. */
async function createIfMissing(
  store: TrackingStore,
  { name, commitMessage, tags }: RegisterPromptOptions,
): Promise<boolean> {
  try {
    await store.createRegisteredModel(name, { ...tags, [IS_PROMPT]: "true" }, commitMessage);
    return true;
  } catch (cause) {
    // Servers report a name that a model has with another code.
    const isTaken =
      cause instanceof MlflowException &&
      /^(RESOURCE_ALREADY_EXISTS|ALREADY_EXISTS)$/.test(cause.errorCode);
    if (isTaken) return false;
    throw cause;
  }
}
