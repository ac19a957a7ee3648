import type { Plain, PlainObject } from "../../data/plain.js";
import {
  type Span,
  SpanAttributeKey,
  type SpanEvent,
  type SpanLink,
  SpanStatusCode,
  spanStatus,
} from "../../trace/span.js";
import { EVENT, LINK, REQUEST, RESOURCE_SPANS, SCOPE_SPANS, SPAN, STATUS } from "./otlp-fields.js";
import { readAttribute } from "./otlp-values.js";
import { type ProtobufField, readFields } from "./protobuf-reader.js";

const CODES = [SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR] as const;

/**
 * Reads the spans of what `createOtlpEncoder()` has written. Types that OTLP does not have come back as texts: dates, bytes,
 * numbers that are not finite, and objects that are nested too deeply.
 *
 * @throws RangeError if the bytes are not an OTLP request.
 */
export function readOtlpSpans(bytes: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (const request of readFields(bytes)) {
    if (request.number !== REQUEST.resourceSpans) continue;
    for (const resource of readFields(request.bytes)) {
      if (resource.number !== RESOURCE_SPANS.scopeSpans) continue;
      for (const scope of readFields(resource.bytes)) {
        if (scope.number === SCOPE_SPANS.spans) spans.push(readSpan(scope.bytes));
      }
    }
  }
  return spans;
}

function readSpan(bytes: Uint8Array): Span {
  const found = new Map<number, ProtobufField>();
  const entries: [string, Plain][] = [];
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === SPAN.attributes) entries.push(readAttribute(field.bytes));
    else if (field.number === SPAN.events) events.push(readEvent(field.bytes));
    else if (field.number === SPAN.links) links.push(readLink(field.bytes));
    else found.set(field.number, field);
  }
  const {
    [SpanAttributeKey.SPAN_TYPE]: spanType,
    [SpanAttributeKey.INPUTS]: inputs,
    [SpanAttributeKey.OUTPUTS]: outputs,
    ...attributes
  } = objectOf(entries);
  const parentId = hexOf(found.get(SPAN.parentSpanId));
  return {
    traceId: `tr-${hexOf(found.get(SPAN.traceId))}`,
    spanId: hexOf(found.get(SPAN.spanId)),
    ...(parentId && { parentId }),
    name: textOf(found.get(SPAN.name)),
    spanType: typeof spanType === "string" ? spanType : "UNKNOWN",
    startTimeNs: found.get(SPAN.startTime)?.integer ?? 0n,
    endTimeNs: found.get(SPAN.endTime)?.integer ?? 0n,
    status: readStatus(found.get(SPAN.status)),
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
    attributes,
    events,
    ...(links.length > 0 && { links }),
  };
}

function readStatus(field: ProtobufField | undefined): Span["status"] {
  let code: SpanStatusCode = SpanStatusCode.UNSET;
  let message = "";
  for (const part of readFields(field?.bytes ?? new Uint8Array())) {
    if (part.number === STATUS.code) code = CODES[Number(part.integer)] ?? SpanStatusCode.UNSET;
    else if (part.number === STATUS.message) message = textOf(part);
  }
  return spanStatus(code, message);
}

function readEvent(bytes: Uint8Array): SpanEvent {
  let name = "";
  let timestampNs = 0n;
  const entries: [string, Plain][] = [];
  for (const field of readFields(bytes)) {
    if (field.number === EVENT.name) name = textOf(field);
    else if (field.number === EVENT.time) timestampNs = field.integer;
    else if (field.number === EVENT.attributes) entries.push(readAttribute(field.bytes));
  }
  return { name, timestampNs, attributes: objectOf(entries) };
}

function readLink(bytes: Uint8Array): SpanLink {
  let traceId = "";
  let spanId = "";
  const entries: [string, Plain][] = [];
  for (const field of readFields(bytes)) {
    if (field.number === LINK.traceId) traceId = `tr-${hexOf(field)}`;
    else if (field.number === LINK.spanId) spanId = hexOf(field);
    else if (field.number === LINK.attributes) entries.push(readAttribute(field.bytes));
  }
  return { traceId, spanId, attributes: objectOf(entries) };
}

/** Not by assignment: a key may be `__proto__`. */
function objectOf(entries: readonly [string, Plain][]): PlainObject {
  return Object.fromEntries(entries);
}

function hexOf(field: ProtobufField | undefined): string {
  return field ? bufferOf(field.bytes).toString("hex") : "";
}

function textOf(field: ProtobufField | undefined): string {
  return field ? bufferOf(field.bytes).toString("utf8") : "";
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
