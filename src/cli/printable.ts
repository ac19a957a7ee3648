import { stripVTControlCharacters } from "node:util";
import { type Plain, toJson } from "../data/plain.js";

/** Control and format characters, except the two that join letters and emoji. */
const CONTROL = /(?:(?!\u200c|\u200d)[\p{Cc}\p{Cf}\u2028\u2029])+/gu;
const CONTROL_IN_LINES = /(?:(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\u2028\u2029])+/gu;

/** Removes escape sequences, and replaces line breaks and control characters with spaces. */
export function inOneLine(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL, " ").trim();
}

/** The same, but keeps line breaks: for messages, which may contain a text of a server or an argument. */
export function inLines(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL_IN_LINES, " ");
}

/**
 * JSON without characters that control a terminal: they are escaped. Does not use `JSON.stringify()`, which throws for
 * bigints: the nanoseconds of a trace.
 */
export function jsonText(value: object): string {
  return toJson(value as unknown as Plain).replace(CONTROL, (text) =>
    [...Array(text.length).keys()]
      .map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
