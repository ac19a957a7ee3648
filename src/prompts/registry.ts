import { invalidParameter, MlflowException } from "../base/errors.js";
import { isZodSchema, jsonSchemaOfZod } from "../data/zod-schema.js";
import type { TrackingStore } from "../store/store.js";
import { forget } from "./memory-cache.js";
import { PromptVersion } from "./prompt-version.js";
import type { RegisterPromptOptions } from "./register-options.js";
import { IS_PROMPT, versionTags } from "./tags.js";

/** Creates a version, and the prompt if it does not exist. */
export async function registerIn(
  store: TrackingStore,
  options: RegisterPromptOptions,
): Promise<PromptVersion> {
  const { name, template, commitMessage, tags = {}, responseFormat, modelConfig } = options;
  const schema = isZodSchema(responseFormat)
    ? jsonSchemaOfZod(responseFormat, "output")
    : responseFormat;
  if (await create(store, options)) {
    const existing = await store.getRegisteredModel(name);
    if (existing.tags[IS_PROMPT] !== "true") {
      throw invalidParameter(
        `Model '${name}' exists with the same name. Choose another name for the prompt.`,
      );
    }
    for (const [key, value] of Object.entries(tags)) {
      await store.setRegisteredModelTag(name, key, value);
    }
  }
  const created = await store.createModelVersion({
    name,
    // Servers accept only this and one other source for prompts.
    source: "dummy-source",
    tags: versionTags({ template, tags, responseFormat: schema, modelConfig }),
    ...(commitMessage !== undefined && { description: commitMessage }),
  });
  forget(store, name, "latest");
  return new PromptVersion(created);
}

/** Returns true if the name is taken. */
async function create(store: TrackingStore, options: RegisterPromptOptions): Promise<boolean> {
  const tags = { ...options.tags, [IS_PROMPT]: "true" };
  try {
    await store.createRegisteredModel(options.name, tags, options.commitMessage);
    return false;
  } catch (cause) {
    if (cause instanceof MlflowException && cause.errorCode === "RESOURCE_ALREADY_EXISTS") {
      return true;
    }
    throw cause;
  }
}
