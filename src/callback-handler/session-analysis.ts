import type { Plain } from "../data/plain.js";
import { escapeHtml, HTML_HEAD } from "./html-tables.js";
/** One prompt, and what a model made of it: a row of `table_session_analysis`, with its text metrics. */
export interface Exchange {
  [column: string]: Plain | undefined;
  readonly prompt_step: number;
  readonly prompt: string;
  readonly name: string;
  /** These when the model has answered. */
  output_step?: number;
  output?: string;
  token_usage_total_tokens?: number;
  token_usage_prompt_tokens?: number;
  token_usage_completion_tokens?: number;
}

/** What was said, prompt by prompt, for people to read. Mirrors Python's `chat_html.html`, but for its escapes. */
export function toChatHtml(exchanges: readonly Exchange[]): string {
  const said = exchanges.map(({ prompt, output = "" }) => {
    return (
      `<p style="color:black;">${inLines(prompt)}:</p>\n` +
      `<blockquote><p style="color:green;">${inLines(output)}</p></blockquote>\n`
    );
  });
  return HTML_HEAD + said.join("");
}

function inLines(text: string): string {
  return escapeHtml(text).replace(/\r?\n/g, "<br>");
}
