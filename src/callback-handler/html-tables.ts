import type { Plain, PlainObject } from "../data/plain.js";
import { textOf } from "./value-text.js";

const HTML_SPECIAL = /[&<>"']/g;
/** Says how the bytes are to be read, wherever the file is opened. */
export const HTML_HEAD = '<meta charset="utf-8">\n';

/** A text as it is shown in HTML: what a model says must run in nobody's browser. */
export function escapeHtml(text: string): string {
  return text.replace(HTML_SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Rows as an HTML table with a column for each name, as pandas' `to_html` makes them. */
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
