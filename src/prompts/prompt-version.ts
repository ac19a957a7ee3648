import type { ChatPromptTemplate } from "@langchain/core/prompts";
import { invalidParameter } from "../base/errors.js";
import { wellFormedJson } from "../data/well-formed-json.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionary, flag } from "../settings/kinds.js";
import type { PromptModelConfig } from "./model-config.js";
import { fill, isJinja, mapTexts, type PromptTemplate, partsOf, variablesOf } from "./template.js";
import { toLangChain } from "./to-langchain.js";

/** The options of `PromptVersion.format()`. */
export interface FormatPromptOptions {
  /** Keeps variables that have no value. Default: false. */
  readonly allowPartial?: boolean;
}

/** Everything but what is computed. */
type PromptVersionFields = Omit<
  PromptVersion,
  "isTextPrompt" | "variables" | "uri" | "format" | "toSingleBraceFormat" | "toLangChain"
>;

const FORMAT_OPTIONS: OptionKinds<FormatPromptOptions> = { allowPartial: flag };

/** A version of a prompt: `registerPrompt()` and `loadPrompt()` return it. Mirrors `mlflow.entities.PromptVersion`. */
export class PromptVersion {
  readonly name!: string;
  readonly version!: number;
  /** A text, or the messages of a chat. */
  readonly template!: PromptTemplate;
  readonly commitMessage!: string | undefined;
  /** The tags of the version, without those in which MLflow stores the prompt. */
  readonly tags!: Readonly<Record<string, string>>;
  readonly aliases!: readonly string[];
  /** A JSON schema of the answer. */
  readonly responseFormat!: Readonly<Record<string, unknown>> | undefined;
  readonly modelConfig!: PromptModelConfig | undefined;
  /** Milliseconds since 1970. */
  readonly creationTimestampMs!: number;

  /** @internal */
  constructor(fields: PromptVersionFields) {
    Object.assign(this, fields);
  }

  /** Whether the template is a text. Otherwise it is a chat. */
  get isTextPrompt(): boolean {
    return typeof this.template === "string";
  }

  /** The names of the variables, in the order of the template. */
  get variables(): readonly string[] {
    return variablesOf(this.template);
  }

  /** For example `prompts:/greeting/1`. */
  get uri(): string {
    return `prompts:/${this.name}/${this.version}`;
  }

  /**
   * Replaces the variables with values: objects become JSON. Ignores values that no variable has. Mirrors
   * `PromptVersion.format`.
   *
   * @returns A text, or messages, as the template.
   * @throws MlflowException INVALID_PARAMETER_VALUE for missing variables without `allowPartial`, and for a Jinja2
   * template.
   * @example
   * const prompt = await genai.loadPrompt("greeting");
   * prompt.format({ name: "Ada" });
   */
  format(
    variables: Readonly<Record<string, unknown>> = {},
    options: FormatPromptOptions = {},
  ): PromptTemplate {
    const caller = "PromptVersion.format()";
    const { allowPartial = false } = readOptions(caller, options, FORMAT_OPTIONS);
    const given = dictionary.read(variables);
    if (!given) throw invalidParameter(`${caller} takes ${dictionary.want}.`);
    refuseJinja(this, caller);
    const values = new Map(Object.entries(given).flatMap(([name, value]) => entryOf(name, value)));
    const missing = this.variables.filter((name) => !values.has(name));
    if (missing.length > 0 && !allowPartial) {
      throw invalidParameter(
        `Missing variables: ${missing.join(", ")}. To format the prompt partially, set \`allowPartial: true\`.`,
      );
    }
    return mapTexts(this.template, (text) => fill(text, values));
  }

  /**
   * The template with `{variable}` instead of `{{variable}}`. Other braces remain, so that a format with single braces can
   * misread them: `toLangChain()` escapes them. Mirrors `PromptVersion.to_single_brace_format`.
   */
  toSingleBraceFormat(): PromptTemplate {
    return mapTexts(this.template, (text) =>
      partsOf(text)
        .map((part) => ("variable" in part ? `{${part.variable}}` : part.literal))
        .join(""),
    );
  }

  /**
   * The prompt as a ChatPromptTemplate of the app's `@langchain/core`. A text becomes one message of the user. Braces of
   * literal text are escaped. The trace of a chain that uses it is linked to this version.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE for a Jinja2 template, and for a message without a text.
   * @example
   * const prompt = await genai.loadPrompt("greeting");
   * const chain = prompt.toLangChain().pipe(model);
   */
  toLangChain(): ChatPromptTemplate {
    refuseJinja(this, "PromptVersion.toLangChain()");
    return toLangChain(this, this.template);
  }
}

function refuseJinja({ template, uri }: PromptVersion, caller: string): void {
  if (!isJinja(template)) return;
  throw invalidParameter(
    `${caller} cannot render the prompt ${uri}: it is a Jinja2 template ({% … %}), which only Python renders. Register a version that only has variables such as {{name}}.`,
  );
}

function entryOf(name: string, value: unknown): [string, string][] {
  if (value === undefined) return [];
  const isObject = typeof value === "object" && value !== null;
  return [[name, isObject ? (wellFormedJson(value) ?? String(value)) : String(value)]];
}
