import { parseExactJson } from "../../data/exact-json.js";
import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../../data/plain.js";
import { type Span, SpanAttributeKey, type SpanEvent, SpanStatusCode } from "../../trace/span.js";

/** The text of `traces.json`, in the span form MLflow 3 writes and reads. */
export function spansToJson(spans: readonly Span[]): string {
  return toJson({ spans: spans.map(spanToPlain) });
}

/** Undefined for a text that is not such a file. */
export function spansFromJson(text: string, traceId: string): Span[] | undefined {
  try {
    const parsed = parseExactJson(text);
    const spans = isPlainObject(parsed) ? parsed.spans : undefined;
    if (!isPlainArray(spans)) return undefined;
    return spans.filter(isPlainObject).map((span) => spanFromPlain(span, traceId));
  } catch {
    return undefined;
  }
}

function spanToPlain(span: Span): PlainObject {
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
  };
}

/** Every value is a JSON text of its own; without the request id MLflow refuses the span. */
function attributesToPlain(span: Span): PlainObject {
  const attributes: Record<string, string> = {};
  const put = (key: string, value: Plain | undefined) => {
    if (value !== undefined) attributes[key] = toJson(value);
  };
  for (const [key, value] of Object.entries(span.attributes)) put(key, value);
  put(SpanAttributeKey.REQUEST_ID, span.traceId);
  put(SpanAttributeKey.SPAN_TYPE, span.spanType);
  put(SpanAttributeKey.INPUTS, span.inputs);
  put(SpanAttributeKey.OUTPUTS, span.outputs);
  return attributes;
}

function spanFromPlain(plain: PlainObject, traceId: string): Span {
  const attributes: Record<string, Plain> = {};
  for (const [key, value] of Object.entries(object(plain.attributes))) {
    attributes[key] = parseAttribute(value);
  }
  const {
    [SpanAttributeKey.REQUEST_ID]: _requestId,
    [SpanAttributeKey.SPAN_TYPE]: spanType,
    [SpanAttributeKey.INPUTS]: inputs,
    [SpanAttributeKey.OUTPUTS]: outputs,
    ...others
  } = attributes;
  const status = object(plain.status);
  const startTimeNs = nanoseconds(plain.start_time_unix_nano);
  return {
    traceId,
    spanId: hexadecimal(plain.span_id) ?? "",
    ...optional("parentId", hexadecimal(plain.parent_span_id)),
    name: text(plain.name),
    spanType: typeof spanType === "string" ? spanType : "UNKNOWN",
    startTimeNs,
    endTimeNs: plain.end_time_unix_nano ? nanoseconds(plain.end_time_unix_nano) : startTimeNs,
    status: { code: statusCode(status.code), message: text(status.message) },
    ...optional("inputs", inputs),
    ...optional("outputs", outputs),
    attributes: others,
    events: isPlainArray(plain.events)
      ? plain.events.filter(isPlainObject).map(eventFromPlain)
      : [],
  };
}

function eventFromPlain(plain: PlainObject): SpanEvent {
  return {
    name: text(plain.name),
    timestampNs: nanoseconds(plain.time_unix_nano),
    attributes: object(plain.attributes),
  };
}

function parseAttribute(value: Plain | undefined): Plain {
  if (typeof value !== "string") return value ?? null;
  try {
    return parseExactJson(value);
  } catch {
    return value;
  }
}

function base64(hexDigits: string): string {
  return Buffer.from(hexDigits, "hex").toString("base64");
}

/** Ids are base64; MLflow 3.5.0 alone wrote them in hexadecimal. */
function hexadecimal(id: Plain | undefined): string | undefined {
  if (typeof id !== "string" || id === "") return undefined;
  return /^([0-9a-f]{16}){1,2}$/.test(id) ? id : Buffer.from(id, "base64").toString("hex");
}

function statusCode(code: Plain | undefined): SpanStatusCode {
  const word = text(code).replace(/^STATUS_CODE_/, "");
  return word === "OK" || word === "ERROR" ? word : SpanStatusCode.UNSET;
}

function nanoseconds(value: Plain | undefined): bigint {
  return BigInt(typeof value === "bigint" || typeof value === "number" ? value : text(value));
}

function text(value: Plain | undefined): string {
  return typeof value === "string" ? value : "";
}

function object(value: Plain | undefined): PlainObject {
  return isPlainObject(value) ? value : {};
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: T });
}
