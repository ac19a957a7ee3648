import { messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";

/** What failed: a function of the public API, or something that was to be logged somewhere. */
export type Failed =
  | { readonly caller: string }
  | { readonly what: readonly string[]; readonly place: string };

/** Names of params, metrics and files in one line. */
const MAX_NAMED = 5;
const MAX_LINE_CHARACTERS = 1000;
/** Times, sizes and names of temporary files in a message do not make it another problem. */
const VARYING = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{6,}/g;

/**
 * Writes a failure to stderr, in one line; the same one again is not repeated. Calls of the app need not be awaited, so
 * this line is the one place where every failure shows.
 */
export function reportFailure(cause: unknown, failed?: Failed): void {
  const message = messageOf(cause);
  const line = `${describe(failed)}: ${message}`.replace(/\s*\n\s*/g, " ");
  const isLong = line.length > MAX_LINE_CHARACTERS;
  const shown = isLong ? `${line.slice(0, MAX_LINE_CHARACTERS).toWellFormed()}…` : line;
  warnOnce(`not logged: ${problemOf(cause)}`, shown);
}

/** The same for failures that are one problem. */
export function problemOf(cause: unknown): string {
  const message = messageOf(cause);
  return message.replace(VARYING, "0");
}

function describe(failed: Failed | undefined): string {
  if (!failed) return "not logged";
  if ("caller" in failed) return `${failed.caller} failed`;
  return `not logged to ${failed.place}: ${listOf(failed.what)}`;
}

function listOf(what: readonly string[]): string {
  const names = [...new Set(what)];
  const more = names.length - MAX_NAMED;
  const shown = names.slice(0, MAX_NAMED).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
