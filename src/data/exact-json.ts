import type { Plain } from "./plain.js";

const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
/** Python writes these numbers, which are not JSON. */
const NOT_FINITE = /-?\bInfinity\b|\bNaN\b/g;

/** Marks a string that stands for a number. No JSON writer starts a string with this. */
const MARK = "\u0000number ";

/**
 * Like `JSON.parse`, with two differences: an integer that a number cannot represent exactly (a time in nanoseconds)
 * becomes a bigint, and Python's `NaN`, `Infinity` and `-Infinity` are numbers.
 *
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): Plain {
  if (!/\d{16}|NaN|Infinity/.test(text)) return JSON.parse(text);
  return JSON.parse(markNumbers(text), (_key, value: unknown) => {
    return typeof value === "string" && value.startsWith(MARK)
      ? numberOf(value.slice(MARK.length))
      : value;
  });
}

function numberOf(text: string): number | bigint {
  return /\d/.test(text) ? BigInt(text) : Number(text);
}

/** Skips strings in a loop, because a regular expression that matches them overflows its stack on long strings. */
function markNumbers(text: string): string {
  let marked = "";
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    const outside = text.slice(at, open);
    marked += outside.replace(LONG_INTEGER, markUnlessSafe).replace(NOT_FINITE, mark);
    at = endOfString(text, open);
    marked += text.slice(open, at);
  }
  return marked;
}

function markUnlessSafe(digits: string): string {
  return Number.isSafeInteger(Number(digits)) ? digits : mark(digits);
}

function mark(text: string): string {
  return JSON.stringify(MARK + text);
}

/** Returns the index after the string that starts at `open`. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close < 0 ? text.length : close + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
