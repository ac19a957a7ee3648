import type { Plain } from "./plain.js";

const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** How a long integer waits in the text as a string: no JSON writer begins one with this. */
const MARK = "\u0000integer ";

/**
 * JSON.parse, but integers that a number cannot hold exactly (times in nanoseconds) become bigints.
 * Throws SyntaxError as JSON.parse does.
 */
export function parseExactJson(text: string): Plain {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(markLongIntegers(text), (_key, value: unknown) => {
    return typeof value === "string" && value.startsWith(MARK)
      ? BigInt(value.slice(MARK.length))
      : value;
  });
}

/** Strings are stepped over by hand: one regular expression for all overflows its stack on long ones. */
function markLongIntegers(text: string): string {
  let marked = "";
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    marked += text.slice(at, open).replace(LONG_INTEGER, markUnlessSafe);
    at = endOfString(text, open);
    marked += text.slice(open, at);
  }
  return marked;
}

function markUnlessSafe(digits: string): string {
  return Number.isSafeInteger(Number(digits)) ? digits : JSON.stringify(MARK + digits);
}

/** Where the string that opens at `open` has ended. */
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
