import { ChatPromptTemplate } from "@langchain/core/prompts";
import { invalidParameter } from "../base/errors.js";
import type { ModelVersion } from "../store/model-store.js";
import { IS_PROMPT, isReservedTag, MODEL_CONFIG, RESPONSE_FORMAT, readTemplate } from "./tags.js";
import {
  fill,
  mapTexts,
  type PromptTemplate,
  type PromptValues,
  partsOf,
  refuseJinja,
  variablesOf,
} from "./template.js";

const ROLES: Readonly<Record<string, string>> = { user: "human", assistant: "ai" };

/** A version of a prompt in the registry. Mirrors Python's `PromptVersion`. */
export class PromptVersion {
  readonly name: string;
  readonly version: number;
  /** A text, or the messages of a chat, with variables: `{{name}}`. */
  readonly template: PromptTemplate;
  readonly commitMessage: string | undefined;
  /** The tags of the version, without those that MLflow uses. */
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  /** A JSON schema. */
  readonly responseFormat: Readonly<Record<string, unknown>> | undefined;
  readonly modelConfig: Readonly<Record<string, unknown>> | undefined;
  /** The names of the variables, in the order of their first use. */
  readonly variables: readonly string[];

  /** @throws MlflowException INVALID_PARAMETER_VALUE if the version is a model, not a prompt. */
  constructor(stored: ModelVersion) {
    const { tags } = stored;
    if (tags[IS_PROMPT] !== "true") {
      throw invalidParameter(`Name \`${stored.name}\` is registered as a model, not a prompt.`);
    }
    this.name = stored.name;
    this.version = Number(stored.version);
    this.template = readTemplate(tags);
    this.commitMessage = stored.description;
    this.tags = Object.fromEntries(Object.entries(tags).filter(([key]) => !isReservedTag(key)));
    this.aliases = stored.aliases;
    this.responseFormat = parsed(tags[RESPONSE_FORMAT]);
    this.modelConfig = parsed(tags[MODEL_CONFIG]);
    this.variables = variablesOf(this.template);
  }

  get isTextPrompt(): boolean {
    return typeof this.template === "string";
  }

  /** The URI that `loadPrompt()` takes. */
  get uri(): string {
    return `prompts:/${this.name}/${this.version}`;
  }

  /**
   * Replaces the variables with values. Ignores values without a variable.
   *
   * @param options `allowPartial`: keeps variables that have no value. Default: false.
   * @returns A text, or messages, as the template.
   * @throws MlflowException INVALID_PARAMETER_VALUE if a value is missing, or the template has Jinja2 statements.
   * @example
   * prompt.format({ question: "What is MLflow?" });
   */
  format(values: PromptValues = {}, options: FormatOptions = {}): PromptTemplate {
    refuseJinja(this.template, "format()");
    const missing = this.variables.filter((name) => !Object.hasOwn(values, name));
    if (missing.length > 0 && options.allowPartial !== true) {
      throw invalidParameter(
        `Missing variables: ${missing.join(", ")}. To format the prompt partially, set \`allowPartial: true\`.`,
      );
    }
    return mapTexts(this.template, (text) => fill(text, values));
  }

  /** Returns the template with variables as `{name}`. Other braces stay: see `toLangChain()` for a safe template. */
  toSingleBraceFormat(): PromptTemplate {
    return mapTexts(this.template, (text) =>
      partsOf(text)
        .map(({ literal, variable }) => (variable === undefined ? literal : `{${variable}}`))
        .join(""),
    );
  }

  /**
   * Returns the prompt as a template of LangChain. Braces that are not part of a variable stay text. A text prompt becomes
   * one human message.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE for the role `placeholder`, or a template with Jinja2 statements.
   * @example
   * const chain = prompt.toLangChain().pipe(model);
   */
  toLangChain(): ChatPromptTemplate {
    refuseJinja(this.template, "toLangChain()");
    const { template } = this;
    const messages =
      typeof template === "string" ? [{ role: "user", content: template }] : template;
    return ChatPromptTemplate.fromMessages(
      messages.map(({ role, content }): [string, string] => {
        if (role === "placeholder") {
          throw invalidParameter("toLangChain() cannot convert a message with role `placeholder`.");
        }
        return [ROLES[role] ?? role, escaped(content)];
      }),
    );
  }
}

/** The options of `PromptVersion.format()`. */
export interface FormatOptions {
  /** Keeps variables that have no value. Default: false. */
  readonly allowPartial?: boolean;
}

/** Writes a text as an f-string template of LangChain. */
function escaped(text: string): string {
  return partsOf(text)
    .map(({ literal, variable }) =>
      variable === undefined ? literal.replace(/[{}]/g, "$&$&") : `{${variable}}`,
    )
    .join("");
}

function parsed(json: string | undefined): Readonly<Record<string, unknown>> | undefined {
  return json === undefined ? undefined : JSON.parse(json);
}
