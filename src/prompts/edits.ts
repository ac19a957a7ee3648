import { invalidParameter } from "../base/errors.js";
import { checkArgument } from "../settings/check-options.js";
import { filledText, type Kind, kindOf, text } from "../settings/kinds.js";
import type { TrackingStore } from "../store/store.js";
import { inStore } from "./in-store.js";
import { forget } from "./memory-cache.js";
import { IS_PROMPT, isReservedTag } from "./tags.js";
import { promptName } from "./uri.js";

const numberKind: Kind<string | number> = kindOf(
  "a version number",
  (value) => /^(string|number)$/.test(typeof value) && /^\d{1,15}$/.test(String(value)),
);

/** Checks the name and another text of a caller, by the names of its arguments. */
function check(
  caller: string,
  name: string,
  other: { readonly alias: string } | { readonly key: string },
): void {
  checkArgument(caller, "name", promptName, name);
  if ("alias" in other) checkArgument(caller, "alias", filledText, other.alias);
  else checkArgument(caller, "key", tagKey, other.key);
}

const tagKey: Kind<string> = kindOf(
  "a text that is not empty and not one of MLflow's tags of prompts",
  (value) => filledText.read(value) !== undefined && !isReservedTag(String(value)),
);

/** Changes a prompt. @throws MlflowException INVALID_PARAMETER_VALUE if the name is that of a model. */
function inPrompt(name: string, change: (store: TrackingStore) => Promise<void>): Promise<void> {
  return inStore(async (store) => {
    const { tags } = await store.getRegisteredModel(name);
    if (tags[IS_PROMPT] !== "true") {
      throw invalidParameter(`Name \`${name}\` is registered as a model, not a prompt.`);
    }
    await change(store);
    forget(store, name);
  });
}

/** Sets an alias for a version: `prompts:/<name>@<alias>`. @example await genai.setPromptAlias("qa", "production", 3); */
export async function setPromptAlias(
  name: string,
  alias: string,
  version: string | number,
): Promise<void> {
  check("setPromptAlias()", name, { alias });
  checkArgument("setPromptAlias()", "version", numberKind, version);
  return inPrompt(name, (store) => store.setRegisteredModelAlias(name, alias, String(version)));
}

/** Deletes an alias. Ignores one that does not exist. @example await genai.deletePromptAlias("qa", "production"); */
export async function deletePromptAlias(name: string, alias: string): Promise<void> {
  check("deletePromptAlias()", name, { alias });
  return inPrompt(name, (store) => store.deleteRegisteredModelAlias(name, alias));
}

/** Sets a tag of a prompt. @example await genai.setPromptTag("qa", "team", "search"); */
export async function setPromptTag(name: string, key: string, value: string): Promise<void> {
  check("setPromptTag()", name, { key });
  checkArgument("setPromptTag()", "value", text, value);
  return inPrompt(name, (store) => store.setRegisteredModelTag(name, key, value));
}

/** Deletes a tag of a prompt. @example await genai.deletePromptTag("qa", "team"); */
export async function deletePromptTag(name: string, key: string): Promise<void> {
  check("deletePromptTag()", name, { key });
  return inPrompt(name, (store) => store.deleteRegisteredModelTag(name, key));
}

/** Sets a tag of a version. @example await genai.setPromptVersionTag("qa", 3, "reviewed", "yes"); */
export async function setPromptVersionTag(
  name: string,
  version: string | number,
  key: string,
  value: string,
): Promise<void> {
  check("setPromptVersionTag()", name, { key });
  checkArgument("setPromptVersionTag()", "version", numberKind, version);
  checkArgument("setPromptVersionTag()", "value", text, value);
  return inPrompt(name, (store) => store.setModelVersionTag(name, String(version), key, value));
}

/** Deletes a tag of a version. @example await genai.deletePromptVersionTag("qa", 3, "reviewed"); */
export async function deletePromptVersionTag(
  name: string,
  version: string | number,
  key: string,
): Promise<void> {
  check("deletePromptVersionTag()", name, { key });
  checkArgument("deletePromptVersionTag()", "version", numberKind, version);
  return inPrompt(name, (store) => store.deleteModelVersionTag(name, String(version), key));
}
