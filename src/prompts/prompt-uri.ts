import { invalidParameter } from "../base/errors.js";
import { type Kind, kindOf } from "../settings/kinds.js";

export const promptName: Kind<string> = kindOf(
  "a name of letters, digits, hyphens, underscores and dots",
  (value) => typeof value === "string" && /^[a-zA-Z0-9_.-]+$/.test(value),
);

/** A version by its number. */
export const promptVersion: Kind<string | number> = kindOf(
  "the number of a version, such as 1 or '1'",
  (value) =>
    (typeof value === "string" || Number.isSafeInteger(value)) && /^\d{1,15}$/.test(`${value}`),
);

/** A version of a prompt: its number, or an alias. */
export interface PromptPlace {
  readonly name: string;
  /** `latest` for the highest version. */
  readonly version: string;
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for an invalid URI, or for a URI together with a version. */
export function placeOf(nameOrUri: string, version: string | number | undefined): PromptPlace {
  if (!nameOrUri.startsWith("prompts:/")) {
    const name = promptName.read(nameOrUri);
    if (name !== undefined) return { name, version: String(version ?? "latest") };
    throw invalidParameter(
      `loadPrompt() takes ${promptName.want}, or prompts:/<name>/<version>, got ${JSON.stringify(nameOrUri)}.`,
    );
  }
  if (version !== undefined) {
    throw invalidParameter(
      "loadPrompt() takes no `version` with a URI: the URI has it. Pass the name, or remove `version`.",
    );
  }
  const [, name, number, alias] =
    /^prompts:\/([a-zA-Z0-9_.-]+)(?:\/(\d+)|@([\w-]+))$/.exec(nameOrUri) ?? [];
  if (name !== undefined) return { name, version: number ?? alias ?? "latest" };
  throw invalidParameter(
    `Invalid prompt URI ${JSON.stringify(nameOrUri)}. Expected prompts:/<name>/<version> or prompts:/<name>@<alias>.`,
  );
}
