import type { Plain, PlainObject } from "../../data/plain.js";
import { type Span, SpanAttributeKey, type SpanEvent, SpanStatusCode } from "../../trace/span.js";
import { type TraceInfo, TraceMetadataKey } from "../../trace/trace.js";
import { listOf, objectOf, textOf } from "../rest/json-fields.js";
import { SESSION_ATTRIBUTE, TRACE_TAG_PREFIX, USER_ATTRIBUTE } from "./otlp.js";

/**
 * A span as the server's `traces/get` gives it: OTLP in JSON, with base64 ids and snake case. The
 * trace's own fields, which travelled in the root span's attributes, are left out: its info has them.
 */
export function spanOf(json: PlainObject, { traceId, traceMetadata }: TraceInfo): Span {
  const {
    [SpanAttributeKey.REQUEST_ID]: _requestId,
    [SpanAttributeKey.SPAN_TYPE]: spanType,
    [SpanAttributeKey.INPUTS]: inputs,
    [SpanAttributeKey.OUTPUTS]: outputs,
    ...attributes
  } = attributesOf(json.attributes);
  const parentId = hexadecimal(json.parent_span_id);
  const startTimeNs = nanoseconds(json.start_time_unix_nano);
  return {
    traceId,
    spanId: hexadecimal(json.span_id),
    ...(parentId && { parentId }),
    name: textOf(json.name),
    spanType: typeof spanType === "string" ? spanType : "UNKNOWN",
    startTimeNs,
    endTimeNs: json.end_time_unix_nano ? nanoseconds(json.end_time_unix_nano) : startTimeNs,
    status: statusOf(json.status),
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
    attributes: parentId ? attributes : withoutTraceFields(attributes, traceMetadata),
    events: listOf(json.events).map((event) => eventOf(objectOf(event))),
  };
}

function withoutTraceFields(attributes: PlainObject, metadata: TraceInfo["traceMetadata"]) {
  const travelled = ([key, value]: [string, Plain | undefined]) =>
    key.startsWith(TRACE_TAG_PREFIX) ||
    (key === SESSION_ATTRIBUTE && value === metadata[TraceMetadataKey.SESSION]) ||
    (key === USER_ATTRIBUTE && value === metadata[TraceMetadataKey.USER]);
  return Object.fromEntries(Object.entries(attributes).filter((entry) => !travelled(entry)));
}

function eventOf(json: PlainObject): SpanEvent {
  return {
    name: textOf(json.name),
    timestampNs: nanoseconds(json.time_unix_nano),
    attributes: attributesOf(json.attributes),
  };
}

function statusOf(value: Plain | undefined): Span["status"] {
  const status = objectOf(value);
  const word = textOf(status.code).replace(/^STATUS_CODE_/, "");
  const code = word === "OK" || word === "ERROR" ? word : SpanStatusCode.UNSET;
  return { code, message: textOf(status.message) };
}

function attributesOf(value: Plain | undefined): PlainObject {
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(
    listOf(value).map((entry) => {
      const { key, value: any } = objectOf(entry);
      return [textOf(key), plainOf(any)];
    }),
  );
}

function plainOf(any: Plain | undefined): Plain {
  const [kind, value] = Object.entries(objectOf(any))[0] ?? [];
  if (kind === "kvlist_value") return attributesOf(objectOf(value).values);
  if (kind === "array_value") return listOf(objectOf(value).values).map(plainOf);
  if (kind === "int_value" && typeof value === "string") return integer(value);
  return value ?? null;
}

/** Some servers write 64-bit integers as strings. */
function integer(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function hexadecimal(id: Plain | undefined): string {
  return Buffer.from(textOf(id), "base64").toString("hex");
}

function nanoseconds(value: Plain | undefined): bigint {
  return BigInt(
    typeof value === "bigint" || typeof value === "number" ? value : textOf(value) || 0,
  );
}
