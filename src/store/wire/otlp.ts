import { invalidParameter } from "../../base/errors.js";
import { VERSION } from "../../base/process-state.js";
import { fitsInt64, type Plain } from "../../data/plain.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import {
  type Span,
  SpanAttributeKey,
  type SpanEvent,
  type SpanLink,
  SpanStatusCode,
} from "../../trace/span.js";
import { type Trace, TraceMetadataKey } from "../../trace/trace.js";
import {
  EVENT,
  LINK,
  REQUEST,
  RESOURCE,
  RESOURCE_SPANS,
  SCOPE,
  SCOPE_SPANS,
  SPAN,
  STATUS,
} from "./otlp-fields.js";
import { writeAttribute, writeAttributes } from "./otlp-values.js";
import { ProtobufWriter, withoutNul } from "./protobuf.js";
import { clientMetadatum, clientTags } from "./trace-fields.js";

/** What the server reads from the spans of a trace. */
export interface OtlpDialect {
  /** It reads the trace's name, tags, session and user from the root span. */
  readonly traceFields: boolean;
  /** It parses a string that is JSON, unless the string is quoted once more. */
  readonly parsesJsonText: boolean;
}

/** Attributes of the root span that contain the trace's own fields. */
export const TRACE_TAG_PREFIX = "mlflow.traceTag.";
export const SESSION_ATTRIBUTE = "session.id";
export const USER_ATTRIBUTE = "user.id";

const STATUS_CODES = { UNSET: 0, OK: 1, ERROR: 2 } as const;
const TRACE_ID = /^tr-[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
/** The start of a JSON object, array or string. */
const JSON_TEXT = /^\s*[{["]/;

/** Attributes of the process, for a receiver that is not MLflow. */
type Resource = Readonly<Record<string, string>>;

/**
 * Returns a function that encodes a trace as one `resource_spans` field of an OTLP export request. A request is a
 * concatenation of such fields. The function throws an MlflowException if an id of the trace is not valid in OTLP.
 */
export function createOtlpEncoder(
  dialect: OtlpDialect,
  resource?: Resource,
): (trace: Trace) => Uint8Array {
  const writer = new ProtobufWriter();
  return (trace) => {
    writeTrace(writer, trace, dialect, resource);
    return writer.take();
  };
}

/** A trace as a `resource_spans` field, with the size of each of its spans. */
export interface EncodedTrace {
  readonly bytes: Uint8Array;
  readonly spanBytes: readonly number[];
}

/**
 * Encodes each trace, or returns the error: an MlflowException if an id of the trace is not valid in OTLP. The bytes of the
 * traces follow each other in the writer's buffer, so that a request with all of them needs no copy. They are valid until
 * the writer is used again.
 */
export function encodeTraces(
  writer: ProtobufWriter,
  traces: readonly Trace[],
  dialect: OtlpDialect,
): (EncodedTrace | Error)[] {
  writer.rewind(0);
  const written = traces.toReversed().map((trace) => {
    const start = writer.open();
    try {
      const spanBytes = writeTrace(writer, trace, dialect);
      return { start, end: writer.open(), spanBytes };
    } catch (cause) {
      writer.rewind(start);
      return cause as Error;
    }
  });
  const all = writer.written;
  return written.toReversed().map((one) => {
    if (one instanceof Error) return one;
    const { start, end, spanBytes } = one;
    return { bytes: all.subarray(all.length - end, all.length - start), spanBytes };
  });
}

/** Returns the size of each span. */
function writeTrace(
  writer: ProtobufWriter,
  trace: Trace,
  dialect: OtlpDialect,
  resource?: Resource,
): number[] {
  checkIds(trace);
  const resourceSpans = writer.open();
  const scopeSpans = writer.open();
  const { spans } = trace.data;
  const spanBytes: number[] = [];
  for (let index = spans.length - 1; index >= 0; index--) {
    const span = spans[index]!;
    const fields = dialect.traceFields && !span.parentId ? traceAttributes(trace) : [];
    const before = writer.open();
    writeSpan(writer, trace.info.traceId, span, fields, dialect);
    spanBytes.push(writer.open() - before);
  }
  if (resource) writeScope(writer);
  writer.close(RESOURCE_SPANS.scopeSpans, scopeSpans);
  if (resource) writeResource(writer, resource);
  writer.close(REQUEST.resourceSpans, resourceSpans);
  return spanBytes;
}

function writeScope(writer: ProtobufWriter): void {
  const end = writer.open();
  writer.text(SCOPE.version, VERSION);
  writer.text(SCOPE.name, "langchain-mlflow");
  writer.close(SCOPE_SPANS.scope, end);
}

function writeResource(writer: ProtobufWriter, resource: Resource): void {
  const end = writer.open();
  writeAttributes(writer, RESOURCE.attributes, resource);
  writer.close(RESOURCE_SPANS.resource, end);
}

function checkIds(trace: Trace): void {
  const { traceId } = trace.info;
  const wrong = trace.data.spans.find(
    (span) => !(SPAN_ID.test(span.spanId) && SPAN_ID.test(span.parentId ?? span.spanId)),
  );
  if (TRACE_ID.test(traceId) && !wrong) return;
  throw invalidParameter(
    wrong
      ? `Trace ${traceId} has a span id that is not 16 hexadecimal digits: ${wrong.spanId}.`
      : `A trace id must be "tr-" and 32 hexadecimal digits, received ${traceId}.`,
  );
}

function traceAttributes({ info }: Trace): [string, string][] {
  const fields = Object.entries(clientTags(info)).map(([key, value]): [string, string] => [
    TRACE_TAG_PREFIX + key,
    value,
  ]);
  const session = clientMetadatum(info, TraceMetadataKey.SESSION);
  const user = clientMetadatum(info, TraceMetadataKey.USER);
  if (user) fields.push([USER_ATTRIBUTE, user]);
  if (session) fields.push([SESSION_ATTRIBUTE, session]);
  return fields;
}

function writeSpan(
  writer: ProtobufWriter,
  traceId: string,
  span: Span,
  traceFields: readonly [string, string][],
  dialect: OtlpDialect,
): void {
  const end = writer.open();
  const status = writer.open();
  writer.int64(STATUS.code, STATUS_CODES[span.status.code]);
  if (span.status.message && span.status.code === SpanStatusCode.ERROR) {
    writer.text(STATUS.message, span.status.message);
  }
  writer.close(SPAN.status, status);
  const { links = [] } = span;
  for (let index = links.length - 1; index >= 0; index--) writeLink(writer, links[index]!);
  for (let index = span.events.length - 1; index >= 0; index--) {
    writeEvent(writer, span.events[index]!);
  }
  for (const [key, value] of traceFields) writeAttribute(writer, SPAN.attributes, key, value);
  const quote = dialect.parsesJsonText ? quoteJsonText : (value: Plain) => value;
  const attribute = (key: string, value: Plain | undefined) => {
    if (value !== undefined) writeAttribute(writer, SPAN.attributes, key, quote(value));
  };
  for (const key of Object.keys(span.attributes).reverse()) attribute(key, span.attributes[key]);
  attribute(SpanAttributeKey.OUTPUTS, span.outputs);
  attribute(SpanAttributeKey.INPUTS, span.inputs);
  attribute(SpanAttributeKey.SPAN_TYPE, span.spanType);
  // Without an end time, the server computes a duration of minus 56 years.
  const unended = span.endTimeNs < span.startTimeNs;
  writer.fixed64(SPAN.endTime, unixNano(unended ? span.startTimeNs : span.endTimeNs));
  writer.fixed64(SPAN.startTime, unixNano(span.startTimeNs));
  writer.text(SPAN.name, span.name);
  if (span.parentId) writer.hex(SPAN.parentSpanId, span.parentId);
  writer.hex(SPAN.spanId, span.spanId);
  writer.hex(SPAN.traceId, traceId.slice("tr-".length));
  writer.close(SCOPE_SPANS.spans, end);
}

/** Databases store times as signed integers. The server rejects a whole request if one of them does not fit. */
function unixNano(timeNs: bigint): bigint {
  return timeNs >= 0n && fitsInt64(timeNs) ? timeNs : 0n;
}

function quoteJsonText(value: Plain): Plain {
  if (typeof value !== "string") return value;
  // The writer leaves NUL out: the text behind it may be JSON.
  const text = withoutNul(value);
  return JSON_TEXT.test(text) ? wellFormedJson(text) : text;
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  const end = writer.open();
  writeAttributes(writer, EVENT.attributes, event.attributes);
  writer.text(EVENT.name, event.name);
  writer.fixed64(EVENT.time, event.timestampNs);
  writer.close(SPAN.events, end);
}

/** A store may contain links with other ids, which do not fit. */
function writeLink(writer: ProtobufWriter, { traceId, spanId, attributes }: SpanLink): void {
  if (!(TRACE_ID.test(traceId) && SPAN_ID.test(spanId))) return;
  const end = writer.open();
  writeAttributes(writer, LINK.attributes, attributes);
  writer.hex(LINK.spanId, spanId);
  writer.hex(LINK.traceId, traceId.slice("tr-".length));
  writer.close(SPAN.links, end);
}
