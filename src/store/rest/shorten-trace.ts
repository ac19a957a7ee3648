import { cutMiddle } from "../../data/bounded-text.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import type { TraceToLog } from "../../trace/trace.js";

/** Redaction is done: no credential is left. */
const unchanged = (text: string) => text;
/** A list may have so many items for each character that a text may have. */
const ITEMS_PER_CHARACTER = 1 / 16;

/** Returns a copy of a trace whose texts and lists that exceed a limit are shortened. Marks say what is missing. */
export function shortenTrace(trace: TraceToLog, maxCharacters: number): TraceToLog {
  const maxItems = Math.ceil(maxCharacters * ITEMS_PER_CHARACTER);
  const shorten = (value: Plain): Plain => {
    if (typeof value === "string") {
      return value.length > maxCharacters ? cutMiddle(value, maxCharacters, unchanged) : value;
    }
    if (Array.isArray(value)) return shortenList(value, maxItems).map(shorten);
    return isPlainObject(value) ? shortenFields(value) : value;
  };
  const shortenFields = (object: PlainObject): PlainObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        key,
        value === undefined ? value : shorten(value),
      ]),
    );
  const spans = trace.data.spans.map((span) => ({
    ...span,
    ...(span.inputs !== undefined && { inputs: shorten(span.inputs) }),
    ...(span.outputs !== undefined && { outputs: shorten(span.outputs) }),
    attributes: shortenFields(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: shortenFields(event.attributes) })),
  }));
  return { ...trace, data: { ...trace.data, spans } };
}

/** The first and the last items. */
function shortenList(list: readonly Plain[], maxItems: number): readonly Plain[] {
  if (list.length <= maxItems) return list;
  const half = Math.ceil(maxItems / 2);
  const mark = `[cut: ${list.length - 2 * half} of ${list.length} items]`;
  return [...list.slice(0, half), mark, ...list.slice(list.length - half)];
}
