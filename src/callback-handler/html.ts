import type { Plain, PlainObject } from "../data/plain.js";
import { textOf } from "./python-values.js";
import type { Exchange } from "./tracked-calls.js";

const HTML_SPECIAL = /[&<>"']/g;
/** Declares the encoding, so that the file displays correctly without an HTTP header. */
const HTML_HEAD = '<meta charset="utf-8">\n';

/** Escapes text for HTML, so that scripts in a model's answer cannot run in a browser. */
export function escapeHtml(text: string): string {
  return text.replace(HTML_SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Renders rows as an HTML table with one column per name, in the format of pandas' `to_html`. */
export function toHtmlTable(rows: readonly PlainObject[], columns: readonly string[]): string {
  const head = cells("th", ["", ...columns]);
  const body = rows.map((row, index) => {
    const values = columns.map((column) => cellText(row[column]));
    return `    <tr>${cells("th", [String(index)])}${cells("td", values)}</tr>\n`;
  });
  return (
    `${HTML_HEAD}<table border="1" class="dataframe" style="white-space: pre-wrap;">\n` +
    `  <thead>\n    <tr style="text-align: right;">${head}</tr>\n  </thead>\n` +
    `  <tbody>\n${body.join("")}  </tbody>\n</table>\n`
  );
}

function cells(tag: "th" | "td", texts: readonly string[]): string {
  return texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("");
}

function cellText(value: Plain | undefined): string {
  return value === undefined || value === null ? "" : textOf(value);
}

/** Renders prompts and answers as a page. Mirrors Python's `chat_html.html`, but escapes the texts. */
export function toChatHtml(exchanges: readonly Exchange[]): string {
  const sections = exchanges.map(({ prompt, output = "" }) => {
    return (
      `<p style="color:black;">${withLineBreaks(prompt)}:</p>\n` +
      `<blockquote><p style="color:green;">${withLineBreaks(output)}</p></blockquote>\n`
    );
  });
  return HTML_HEAD + sections.join("");
}

function withLineBreaks(text: string): string {
  return escapeHtml(text).replace(/\r?\n/g, "<br>");
}
