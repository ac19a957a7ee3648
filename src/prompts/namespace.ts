import { MlflowException } from "../base/errors.js";
import { isZodSchema } from "../data/zod-schema.js";
import {
  checkArgument,
  type NamedKinds,
  type OptionKinds,
  readNamed,
  readOptions,
} from "../settings/check-options.js";
import {
  dictionaryOfTexts,
  filledText,
  flag,
  type Kind,
  kindOf,
  positiveInteger,
  required,
  storedDictionary,
  text,
  texts,
} from "../settings/kinds.js";
import { type Search, searchBy } from "../store/pages.js";
import { inStore } from "./in-store.js";
import type { PromptVersion as Version } from "./prompt-version.js";
import type { RegisterPromptOptions } from "./register-options.js";
import { IS_PROMPT } from "./tags.js";
import type { PromptTemplate } from "./template.js";
import { placeOf, promptName } from "./uri.js";

export {
  deletePromptAlias,
  deletePromptTag,
  deletePromptVersionTag,
  setPromptAlias,
  setPromptTag,
  setPromptVersionTag,
} from "./edits.js";
export { fromLangChain } from "./from-langchain.js";
export type { FormatOptions } from "./prompt-version.js";

/** A version of a prompt. Mirrors `mlflow.entities.model_registry.PromptVersion`. */
export interface PromptVersion extends Version {}
export type { RegisterPromptOptions } from "./register-options.js";
export type { PromptMessage, PromptTemplate, PromptValues } from "./template.js";

/** The options of {@link loadPrompt}. */
export interface LoadPromptOptions {
  /** A number or an alias. Default: the highest version. */
  readonly version?: string | number;
  /** Returns undefined if the prompt does not exist. Default: false, which rejects. */
  readonly allowMissing?: boolean;
  /** Adds the version to the tag `mlflow.linkedPrompts` of a logged model. Default: true. */
  readonly linkToModel?: boolean;
  /** The logged model. Default: the active one. */
  readonly modelId?: string;
  /**
   * For how many seconds the version stays in memory. 0: ask the server. Default: MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS
   * (60) for an alias and for the highest version, MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS (no limit) for a number.
   */
  readonly cacheTtlSeconds?: number;
}

/** The options of {@link searchPrompts}. */
export interface SearchPromptsOptions {
  /** MLflow's filter language. */
  readonly filter?: string;
  /** Another name of `filter`, as in Python. */
  readonly filterString?: string;
  /** The number of prompts per page. Default: 100. */
  readonly maxResults?: number;
  readonly orderBy?: readonly string[];
}

/** A prompt: a name with versions. */
export interface Prompt {
  readonly name: string;
  readonly description: string | undefined;
  /** Milliseconds since 1970. */
  readonly creationTimestamp: number;
  readonly tags: Readonly<Record<string, string>>;
}

const template: Kind<PromptTemplate> = kindOf(
  "a text that is not empty, or an array of messages { role, content } of text",
  (value) =>
    (typeof value === "string" && value !== "") ||
    (Array.isArray(value) && value.length > 0 && value.every(isMessage)),
);

function isMessage(value: unknown): boolean {
  const message = value as { role?: unknown; content?: unknown } | null;
  return typeof message?.role === "string" && typeof message.content === "string";
}

const schema: Kind<object> = {
  want: "a zod schema or a JSON schema",
  read: (value) => (isZodSchema(value) ? value : jsonDictionary.read(value)),
};
/** Stored as JSON: without BigInts. Throws for values that JSON cannot have. */
const jsonDictionary: Kind<Readonly<Record<string, unknown>>> = {
  want: storedDictionary.want,
  read: (value) => {
    const copy = storedDictionary.read(value);
    return copy && JSON.parse(JSON.stringify(copy));
  },
};
const versionKind: Kind<string | number> = kindOf("a version number or an alias", (value) =>
  typeof value === "number"
    ? Number.isSafeInteger(value) && value > 0
    : typeof value === "string" && /^[\w-]+$/.test(value),
);
const REGISTER: NamedKinds<RegisterPromptOptions> = {
  name: required(promptName),
  template: required(template),
  commitMessage: text,
  tags: dictionaryOfTexts,
  responseFormat: schema,
  modelConfig: jsonDictionary,
};
const seconds: Kind<number> = kindOf(
  "a number of seconds from 0 up",
  (value) => typeof value === "number" && value >= 0,
);
const LOAD: OptionKinds<LoadPromptOptions> = {
  version: versionKind,
  allowMissing: flag,
  linkToModel: flag,
  modelId: filledText,
  cacheTtlSeconds: seconds,
};
const SEARCH: OptionKinds<SearchPromptsOptions> = {
  filter: text,
  filterString: text,
  maxResults: positiveInteger,
  orderBy: texts,
};

/**
 * Stores a new version of a prompt. Creates the prompt if it does not exist. Mirrors `mlflow.genai.register_prompt`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid option, or if a model has the name.
 * @example
 * await genai.registerPrompt({ name: "qa", template: "Answer in one line: {{question}}" });
 */
export async function registerPrompt(options: RegisterPromptOptions): Promise<PromptVersion> {
  const given = readNamed("registerPrompt()", options, REGISTER);
  const { registerIn } = await import("./registry.js");
  return inStore((store) => registerIn(store, given));
}

/**
 * Loads a version of a prompt: `"qa"` (the highest), `"prompts:/qa/3"` or `"prompts:/qa@production"`. Inside a trace, the
 * version is listed among the trace's prompts. While a server is away, the last version that it returned is read from the
 * cache folder, and a warning is logged. Mirrors `mlflow.genai.load_prompt`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the version does not exist, unless `allowMissing` is true.
 * @example
 * const prompt = await genai.loadPrompt("prompts:/qa@production");
 */
export async function loadPrompt(
  nameOrUri: string,
  options: LoadPromptOptions & { readonly allowMissing: true },
): Promise<PromptVersion | undefined>;
export async function loadPrompt(
  nameOrUri: string,
  options?: LoadPromptOptions,
): Promise<PromptVersion>;
export async function loadPrompt(
  nameOrUri: string,
  options: LoadPromptOptions = {},
): Promise<PromptVersion | undefined> {
  checkArgument("loadPrompt()", "nameOrUri", filledText, nameOrUri);
  const { version, ...given } = readOptions("loadPrompt()", options, LOAD);
  const place = placeOf(nameOrUri, version);
  const { loadFrom } = await import("./load.js");
  const prompt = await inStore((store) => loadFrom(store, place, given));
  if (prompt || given.allowMissing) return prompt;
  throw new MlflowException(
    `Prompt (name=${place.name}, version=${place.version}) not found`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

/**
 * Searches prompts. Mirrors `mlflow.genai.search_prompts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * for await (const prompt of genai.searchPrompts({ filter: "name LIKE 'qa%'" })) console.log(prompt.name);
 */
export function searchPrompts(options: SearchPromptsOptions = {}): Search<Prompt> {
  const aliases = { filterString: "filter" } as const;
  const {
    filter,
    orderBy,
    maxResults = 100,
  } = readOptions(...(["searchPrompts()", options, SEARCH, aliases] as const));
  const prompts = `tags.\`${IS_PROMPT}\` = 'true'`;
  return searchBy("prompts", (pageToken) =>
    inStore(async (store) => {
      const { items, ...rest } = await store.searchRegisteredModels({
        filter: filter ? `${prompts} AND ${filter}` : prompts,
        maxResults,
        ...(orderBy && { orderBy }),
        ...(pageToken !== undefined && { pageToken }),
      });
      const found = items.map(({ name, description, creationTimeMs, tags }) => {
        const { [IS_PROMPT]: _, ...own } = tags;
        return { name, description, creationTimestamp: creationTimeMs, tags: own };
      });
      return { items: found, ...rest };
    }),
  );
}
