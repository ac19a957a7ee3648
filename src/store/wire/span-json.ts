import { parseExactJson } from "../../data/exact-json.js";
import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  setField,
  toJson,
} from "../../data/plain.js";
import {
  type Span,
  SpanAttributeKey,
  type SpanLink,
  SpanStatusCode,
  spanStatus,
} from "../../trace/span.js";
import { type TraceInfo, TraceMetadataKey } from "../../trace/trace.js";
import { listOf, objectOf, textOf } from "./json-fields.js";
import { SESSION_ATTRIBUTE, TRACE_TAG_PREFIX, USER_ATTRIBUTE } from "./otlp.js";

/** The text of a `traces.json` file, the form in which MLflow 3 stores spans as an artifact, and the bytes of each span. */
export function spansToJson(spans: readonly Span[]): { text: string; spanBytes: number[] } {
  const texts = spans.map((span) => toJson(spanToPlain(span)));
  const spanBytes = texts.map((text) => Buffer.byteLength(text));
  return { text: `{"spans":[${texts.join(",")}]}`, spanBytes };
}

/** Reads a `traces.json` file. Undefined if the text is not one. */
export function spansFromJson(text: string, info: TraceInfo): Span[] | undefined {
  try {
    const parsed = parseExactJson(text);
    const spans = isPlainObject(parsed) ? parsed.spans : undefined;
    if (!isPlainArray(spans)) return undefined;
    return spans
      .filter(isPlainObject)
      .map((span) =>
        withoutTraceFields(readSpan(span, info.traceId, jsonAttributes, objectOf), info),
      );
  } catch {
    return undefined;
  }
}

/** A span in the form of a `traces.json` file. */
export function spanToPlain(span: Span): PlainObject {
  return {
    trace_id: base64(span.traceId.replace(/^tr-/, "")),
    span_id: base64(span.spanId),
    parent_span_id: span.parentId === undefined ? null : base64(span.parentId),
    name: span.name,
    start_time_unix_nano: span.startTimeNs,
    end_time_unix_nano: span.endTimeNs,
    events: span.events.map((event) => ({
      name: event.name,
      time_unix_nano: event.timestampNs,
      attributes: event.attributes,
    })),
    status: { code: `STATUS_CODE_${span.status.code}`, message: span.status.message },
    attributes: attributesToPlain(span),
    ...(span.links && {
      links: span.links.map(({ traceId, spanId, attributes }) => ({
        trace_id: traceId,
        span_id: spanId,
        attributes,
      })),
    }),
  };
}

/** Each value is JSON text. MLflow rejects a span without its request id. */
function attributesToPlain(span: Span): PlainObject {
  const attributes: Record<string, string> = {};
  const put = (key: string, value: Plain | undefined) => {
    if (value !== undefined) setField(attributes, key, toJson(value));
  };
  for (const [key, value] of Object.entries(span.attributes)) put(key, value);
  put(SpanAttributeKey.REQUEST_ID, span.traceId);
  put(SpanAttributeKey.SPAN_TYPE, span.spanType);
  put(SpanAttributeKey.INPUTS, span.inputs);
  put(SpanAttributeKey.OUTPUTS, span.outputs);
  return attributes;
}

/** Reads a span from the response of the server's `traces/get`: OTLP as JSON, in snake case. */
export function spanFromOtlpJson(json: PlainObject, info: TraceInfo): Span {
  return withoutTraceFields(readSpan(json, info.traceId, otlpAttributes, otlpAttributes), info);
}

/** A root span that was sent as OTLP has fields of its trace as attributes. They are in `TraceInfo`. */
function withoutTraceFields(span: Span, { traceMetadata }: TraceInfo): Span {
  if (span.parentId !== undefined) return span;
  const isOfTrace = ([key, value]: [string, Plain | undefined]) =>
    key.startsWith(TRACE_TAG_PREFIX) ||
    (key === SESSION_ATTRIBUTE && value === traceMetadata[TraceMetadataKey.SESSION]) ||
    (key === USER_ATTRIBUTE && value === traceMetadata[TraceMetadataKey.USER]);
  const attributes = Object.entries(span.attributes).filter((entry) => !isOfTrace(entry));
  return { ...span, attributes: Object.fromEntries(attributes) };
}

type ReadAttributes = (value: Plain | undefined) => PlainObject;

/** The two forms of a span have the same fields, but other attributes. */
function readSpan(
  json: PlainObject,
  traceId: string,
  spanAttributes: ReadAttributes,
  eventAttributes: ReadAttributes,
): Span {
  const {
    [SpanAttributeKey.REQUEST_ID]: _requestId,
    [SpanAttributeKey.SPAN_TYPE]: spanType,
    [SpanAttributeKey.INPUTS]: inputs,
    [SpanAttributeKey.OUTPUTS]: outputs,
    ...attributes
  } = spanAttributes(json.attributes);
  const parentId = hexadecimal(json.parent_span_id);
  const links = listOf(json.links).filter(isPlainObject).map(readLink);
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
    attributes,
    events: listOf(json.events)
      .filter(isPlainObject)
      .map((event) => ({
        name: textOf(event.name),
        timestampNs: nanoseconds(event.time_unix_nano),
        attributes: eventAttributes(event.attributes),
      })),
    ...(links.length > 0 && { links }),
  };
}

/** A file has ids as texts and attributes as an object. The server's response has them as in its spans. */
function readLink({ trace_id: id, span_id: spanId, attributes }: PlainObject): SpanLink {
  const isOtlp = !textOf(id).startsWith("tr");
  return {
    traceId: isOtlp ? `tr-${hexadecimal(id)}` : textOf(id),
    spanId: isOtlp ? hexadecimal(spanId) : textOf(spanId),
    attributes: isPlainArray(attributes) ? otlpAttributes(attributes) : objectOf(attributes),
  };
}

function statusOf(value: Plain | undefined): Span["status"] {
  const status = objectOf(value);
  const word = textOf(status.code).replace(/^STATUS_CODE_/, "");
  const code = word === "OK" || word === "ERROR" ? word : SpanStatusCode.UNSET;
  return spanStatus(code, textOf(status.message));
}

/** An object whose values are JSON texts. */
function jsonAttributes(value: Plain | undefined): PlainObject {
  const entries = Object.entries(objectOf(value));
  return Object.fromEntries(entries.map(([key, text]) => [key, parseAttribute(text)]));
}

function parseAttribute(value: Plain | undefined): Plain {
  if (typeof value !== "string") return value ?? null;
  try {
    return parseExactJson(value);
  } catch {
    return value;
  }
}

/** A list of OTLP's keys and values. */
function otlpAttributes(value: Plain | undefined): PlainObject {
  // Not by assignment: a key may be `__proto__`.
  return Object.fromEntries(
    listOf(value).map((entry) => {
      const { key, value: any } = objectOf(entry);
      return [textOf(key), otlpValue(any)];
    }),
  );
}

function otlpValue(any: Plain | undefined): Plain {
  const [kind, value] = Object.entries(objectOf(any))[0] ?? [];
  if (kind === "kvlist_value") return otlpAttributes(objectOf(value).values);
  if (kind === "array_value") return listOf(objectOf(value).values).map(otlpValue);
  if (kind === "int_value" && typeof value === "string") return integer(value);
  // Protobuf's JSON writes NaN and the infinities as strings.
  if (kind === "double_value") return Number(value);
  return value ?? null;
}

/** Some servers write 64-bit integers as strings. */
function integer(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function base64(hexDigits: string): string {
  return Buffer.from(hexDigits, "hex").toString("base64");
}

/** Ids are base64. MLflow 3.5.0 alone writes them as hexadecimal digits. */
function hexadecimal(value: Plain | undefined): string {
  const id = textOf(value);
  return /^([0-9a-f]{16}){1,2}$/.test(id) ? id : Buffer.from(id, "base64").toString("hex");
}

function nanoseconds(value: Plain | undefined): bigint {
  return BigInt(typeof value === "bigint" || typeof value === "number" ? value : textOf(value));
}
