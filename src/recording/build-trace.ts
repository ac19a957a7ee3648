import { isPlainObject, toJson } from "../data/plain.js";
import { toNanoseconds } from "../trace/clock.js";
import { metadataOf, previewOf } from "../trace/preview.js";
import {
  type Span,
  SpanAttributeKey,
  type SpanEvent,
  SpanStatusCode,
  SpanType,
} from "../trace/span.js";
import {
  type Trace,
  type TraceInfo,
  TraceMetadataKey,
  TraceState,
  TraceTagKey,
} from "../trace/trace.js";
import type { Call, OpenSpan } from "./call.js";
import type { RecordedEvent } from "./recorded-span.js";

const MAX_TAG_CHARACTERS = 4096;

/**
 * Builds the trace of a sealed Call. `source` is the metadata that all traces of the process have; `nameOf` removes
 * secrets from the name of a span.
 */
export function buildTrace(
  call: Call,
  experimentId: string,
  source: Readonly<Record<string, string>>,
  nameOf: (name: string) => string = (name) => name,
): Trace {
  const root = call.spans.find((span) => span.parent === undefined) ?? call.spans[0];
  const spans = call.spans.map((span) => buildSpan(span, call.traceId, nameOf));
  return { info: buildInfo(call, root, experimentId, source, nameOf), data: { spans } };
}

function buildSpan(span: OpenSpan, traceId: string, nameOf: (name: string) => string): Span {
  const { inputs, outputs, parent, attributes } = span;
  // Written into the span's own attributes: a copy of them would take half of the time of this function.
  attributes[SpanAttributeKey.LOG_LEVEL] = logLevelOf(span);
  const built: { -readonly [key in keyof Span]: Span[key] } = {
    traceId,
    spanId: span.spanId,
    name: nameOf(span.name),
    spanType: span.spanType,
    startTimeNs: toNanoseconds(span.startMs),
    endTimeNs: toNanoseconds(span.endMs ?? span.startMs),
    status: { code: span.status, message: span.statusMessage },
    attributes,
    events: span.events ? span.events.map(buildEvent) : [],
  };
  if (parent) built.parentId = parent.spanId;
  if (inputs !== undefined) built.inputs = inputs;
  if (outputs !== undefined) built.outputs = outputs;
  return built;
}

function buildEvent({ name, timeMs, attributes }: RecordedEvent): SpanEvent {
  return { name, timestampNs: toNanoseconds(timeMs), attributes };
}

/** The levels of Python's `logging` that MLflow sets on spans: DEBUG, INFO, ERROR. */
function logLevelOf({ status, spanType }: OpenSpan): number {
  if (status === SpanStatusCode.ERROR) return 40;
  return spanType === SpanType.CHAIN ? 10 : 20;
}

function buildInfo(
  call: Call,
  root: OpenSpan | undefined,
  experimentId: string,
  source: Readonly<Record<string, string>>,
  nameOf: (name: string) => string,
): TraceInfo {
  const { startMs, endMs } = durationOf(call.spans);
  const usage = totalUsage(call.spans);
  const requestPreview = previewOf(root?.inputs, "user");
  const responsePreview = previewOf(root?.outputs, "assistant");
  return {
    traceId: call.traceId,
    experimentId,
    ...(requestPreview === undefined ? {} : { requestPreview }),
    ...(responsePreview === undefined ? {} : { responsePreview }),
    requestTime: Math.floor(startMs),
    executionDuration: Math.round(endMs - startMs),
    state: root?.status === SpanStatusCode.ERROR ? TraceState.ERROR : TraceState.OK,
    traceMetadata: {
      [TraceMetadataKey.SCHEMA_VERSION]: "3",
      ...source,
      [TraceMetadataKey.INPUTS]: metadataOf(root?.inputs),
      [TraceMetadataKey.OUTPUTS]: metadataOf(root?.outputs),
      ...(usage ? { [TraceMetadataKey.TOKEN_USAGE]: toJson(usage, "python") } : {}),
      ...(call.sessionId === undefined ? {} : { [TraceMetadataKey.SESSION]: call.sessionId }),
      ...call.metadata,
    },
    tags: { [TraceTagKey.NAME]: nameOf(root?.name ?? ""), ...cutValues(call.tags) },
    assessments: call.assessments ?? [],
  };
}

/** No spread into Math.min(): the number of arguments is limited, and a trace may have more spans. */
function durationOf(spans: readonly OpenSpan[]): { startMs: number; endMs: number } {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.endMs ?? span.startMs);
  }
  return { startMs, endMs };
}

function cutValues(tags: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(tags);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value.slice(0, MAX_TAG_CHARACTERS)]),
  );
}

/** The tokens of all spans, except those below a span that already includes them. */
function totalUsage(spans: readonly OpenSpan[]): Record<string, number> | undefined {
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
