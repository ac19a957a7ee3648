import { isPlainObject, type Plain } from "../data/plain.js";
import type { OpenSpan } from "../recording/call.js";
import { isMlflowKey } from "../recording/masks.js";
import { getPipeline } from "../recording/pipeline.js";

/** Copies a value of a span as plain data, without secrets. */
export function copy(span: OpenSpan, value: unknown): Plain | undefined {
  return getPipeline().recording.snapshot(value, span.call);
}

/** Like {@link copy}. An attribute is also masked by its name, as a field of an object is. */
export function copyField(span: OpenSpan, key: string, value: unknown): Plain | undefined {
  if (isMlflowKey(key)) return copy(span, value);
  const plain = copy(span, { [key]: value });
  return isPlainObject(plain) ? plain[key] : plain;
}
