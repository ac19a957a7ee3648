import type { PromptTemplate } from "./template.js";

/** The options of `registerPrompt()`. */
export interface RegisterPromptOptions {
  /** Letters, digits, hyphens, underscores and dots. */
  readonly name: string;
  /** A text, or the messages of a chat, with variables: `{{name}}`. */
  readonly template: PromptTemplate;
  /** What the version changes. */
  readonly commitMessage?: string;
  /** Tags of the version, and of the prompt. */
  readonly tags?: Readonly<Record<string, string>>;
  /** A zod schema or a JSON schema of the answer. */
  readonly responseFormat?: object;
  /** For example `{ model_name: "gpt-4o", temperature: 0 }`. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}
