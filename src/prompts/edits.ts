import { checkArgument } from "../settings/check-options.js";
import { filledText, type Kind, kindOf, text } from "../settings/kinds.js";
import { inStore } from "./in-store.js";
import { promptName } from "./uri.js";

const numberKind: Kind<string | number> = kindOf(
  "a version number",
  (value) => /^(string|number)$/.test(typeof value) && /^\d{1,15}$/.test(String(value)),
);

/** Checks the name and the texts of a caller, by the names of its arguments. */
function check(caller: string, name: string, filled: Readonly<Record<string, string>>): void {
  checkArgument(caller, "name", promptName, name);
  for (const [key, value] of Object.entries(filled)) checkArgument(caller, key, filledText, value);
}

/** Sets an alias for a version: `prompts:/<name>@<alias>`. @example await genai.setPromptAlias("qa", "production", 3); */
export async function setPromptAlias(
  name: string,
  alias: string,
  version: string | number,
): Promise<void> {
  check("setPromptAlias()", name, { alias });
  checkArgument("setPromptAlias()", "version", numberKind, version);
  return inStore((store) => store.setRegisteredModelAlias(name, alias, String(version)));
}

/** Deletes an alias. Ignores one that does not exist. @example await genai.deletePromptAlias("qa", "production"); */
export async function deletePromptAlias(name: string, alias: string): Promise<void> {
  check("deletePromptAlias()", name, { alias });
  return inStore((store) => store.deleteRegisteredModelAlias(name, alias));
}

/** Sets a tag of a prompt. @example await genai.setPromptTag("qa", "team", "search"); */
export async function setPromptTag(name: string, key: string, value: string): Promise<void> {
  check("setPromptTag()", name, { key });
  checkArgument("setPromptTag()", "value", text, value);
  return inStore((store) => store.setRegisteredModelTag(name, key, value));
}

/** Deletes a tag of a prompt. @example await genai.deletePromptTag("qa", "team"); */
export async function deletePromptTag(name: string, key: string): Promise<void> {
  check("deletePromptTag()", name, { key });
  return inStore((store) => store.deleteRegisteredModelTag(name, key));
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
  return inStore((store) => store.setModelVersionTag(name, String(version), key, value));
}

/** Deletes a tag of a version. @example await genai.deletePromptVersionTag("qa", 3, "reviewed"); */
export async function deletePromptVersionTag(
  name: string,
  version: string | number,
  key: string,
): Promise<void> {
  check("deletePromptVersionTag()", name, { key });
  checkArgument("deletePromptVersionTag()", "version", numberKind, version);
  return inStore((store) => store.deleteModelVersionTag(name, String(version), key));
}
