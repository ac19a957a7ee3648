import { parseExactJson } from "../data/exact-json.js";
import { isPlainArray, isPlainObject, type Plain, toJson } from "../data/plain.js";
import { traceInfoOf } from "../store/rest/trace-info.js";
import { spansFromJson } from "../store/wire/span-json.js";
import type { Trace } from "../trace/trace.js";

/** Reads the JSON of a trace, which Python's `Trace.to_json()` and our `toJson()` write. Undefined for other data. */
export function traceOfJson(value: unknown): Trace | undefined {
  const json = typeof value === "string" ? parse(value) : value;
  const { info, data } = Object(json) as { readonly info?: Plain; readonly data?: Plain };
  if (!isPlainObject(info) || !isPlainObject(data) || !isPlainArray(data.spans)) return undefined;
  if (typeof info.trace_id !== "string") return undefined;
  const duration = info.execution_duration_ms;
  const read = traceInfoOf(info);
  const known = typeof duration === "number" ? { ...read, executionDuration: duration } : read;
  const spans = spansFromJson(toJson({ spans: data.spans }), known);
  return spans && { info: known, data: { spans } };
}

function parse(text: string): Plain | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
