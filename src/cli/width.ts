import { eastAsianWidth } from "get-east-asian-width";

/** Characters of one cell that never combine with others: letters, digits, and the lines of a tree. */
const PLAIN = /^[\u0020-\u007e\u2500-\u257f…·→]*$/;
/** Characters that take no cell of their own: marks, joiners, control characters. */
const NO_WIDTH = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{M}|\p{Cs})+$/u;
// biome-ignore lint/complexity/useRegexLiterals: TypeScript allows the flag `v` in a literal for newer targets only.
const EMOJI = new RegExp("^\\p{RGI_Emoji}$", "v");
const graphemes = new Intl.Segmenter();

/** Counts the cells of a terminal that a text takes: 2 for a wide character or an emoji, 0 for a combining mark. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += widthOfGrapheme(segment);
  return cells;
}

function widthOfGrapheme(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  let cells = 0;
  let isFirst = true;
  for (const character of grapheme) {
    if (NO_WIDTH.test(character)) continue;
    // A half-width mark of a sound, such as `ﾞ`, belongs to the grapheme, but takes a cell.
    const isHalfWidthMark = character >= "\uff9e" && character <= "\uff9f";
    if (isFirst || isHalfWidthMark) cells += eastAsianWidth(character.codePointAt(0) ?? 0);
    isFirst = false;
  }
  return cells;
}

/** Cuts a text to a number of cells. A text that is cut ends with `…`. Never splits a character. */
export function cutTo(text: string, cells: number): string {
  // Every UTF-16 code unit takes at most two cells.
  if (text.length * 2 <= cells) return text;
  if (PLAIN.test(text)) return cutPlain(text, cells);
  let kept = "";
  let used = 0;
  let keptWithMark = "";
  for (const { segment } of graphemes.segment(text)) {
    used += widthOfGrapheme(segment);
    if (used > cells) return cells > 0 ? `${keptWithMark}…` : "";
    kept += segment;
    if (used < cells) keptWithMark = kept;
  }
  return text;
}

function cutPlain(text: string, cells: number): string {
  if (text.length <= cells) return text;
  return cells > 0 ? `${text.slice(0, cells - 1)}…` : "";
}

/** Adds spaces at the end, up to a number of cells. */
export function padEnd(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - widthOf(text)));
}

/** Adds spaces at the start, up to a number of cells. */
export function padStart(text: string, cells: number): string {
  return " ".repeat(Math.max(0, cells - widthOf(text))) + text;
}
