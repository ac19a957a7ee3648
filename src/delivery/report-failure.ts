import { messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { ANY_PLACE, warnInOutage } from "../base/outages.js";
import { isTransient } from "./repeated.js";

/** What failed: a function of the public API, or the logging of named data to a place. */
export type Failed =
  | { readonly caller: string }
  | { readonly what: readonly string[]; readonly place: string };

/** Maximum number of names of params, metrics and files in one line. */
const MAX_NAMED = 5;
const MAX_LINE_CHARACTERS = 1000;
/** Times, sizes and names of temporary files, which may differ between messages about the same problem. */
const VARYING = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{6,}/g;

/**
 * Logs a failure to stderr, in one line, once per problem. The app need not await its calls, so only this line reports
 * every failure. `outageOf`: the server that does not accept the data; the failure is logged once per outage then.
 */
export function reportFailure(cause: unknown, failed?: Failed, outageOf?: string): void {
  const message = messageOf(cause);
  const line = `${describe(failed)}: ${message}`.replace(/\s*\n\s*/g, " ");
  const isLong = line.length > MAX_LINE_CHARACTERS;
  const shown = isLong ? `${line.slice(0, MAX_LINE_CHARACTERS).toWellFormed()}…` : line;
  const key = `not logged: ${problemOf(cause)}`;
  // A call that rejects does not know its server.
  const place = outageOf ?? (isTransient(cause) ? ANY_PLACE : undefined);
  if (place === undefined) warnOnce(key, shown);
  else warnInOutage(place, key, shown);
}

/** A key that is equal for failures with the same problem. */
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
