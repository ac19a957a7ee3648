import { isPlainObject } from "../data/plain.js";
import { SpanAttributeKey } from "../trace/span.js";
import type { OpenSpan } from "./open-span.js";

/** The tokens of a trace: those of its spans, but not of spans below one that counted them already. */
export function totalUsage(spans: readonly OpenSpan[]): Record<string, number> | undefined {
  const total: Record<string, number> = {};
  let isKnown = false;
  for (const span of spans) {
    const usage = span.attributes[SpanAttributeKey.TOKEN_USAGE];
    if (!isPlainObject(usage) || isCountedAbove(span)) continue;
    isKnown = true;
    for (const [name, count] of Object.entries(usage)) {
      if (typeof count === "number") total[name] = (total[name] ?? 0) + count;
    }
  }
  return isKnown ? total : undefined;
}

function isCountedAbove(span: OpenSpan): boolean {
  for (let above = span.parent; above; above = above.parent) {
    if (above.attributes[SpanAttributeKey.TOKEN_USAGE] !== undefined) return true;
  }
  return false;
}
