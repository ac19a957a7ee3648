import { cutMiddle } from "../../data/bounded-text.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import type { TraceToLog } from "../../trace/trace.js";

/** Returns a copy of a trace whose texts that exceed a limit are shortened. Marks say what is missing. */
export function shortenTrace(trace: TraceToLog, maxCharacters: number): TraceToLog {
  const shorten = (value: Plain): Plain => {
    if (typeof value === "string") {
      // Redaction is done: no credential is left.
      return value.length > maxCharacters ? cutMiddle(value, maxCharacters, (text) => text) : value;
    }
    if (Array.isArray(value)) return value.map(shorten);
    return isPlainObject(value) ? shortenFields(value) : value;
  };
  const shortenFields = (object: PlainObject): PlainObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, value && shorten(value)]),
    );
  const spans = trace.data.spans.map((span) => ({
    ...span,
    ...shortenFields({ inputs: span.inputs, outputs: span.outputs }),
    attributes: shortenFields(span.attributes),
  }));
  return { ...trace, data: { ...trace.data, spans } };
}
