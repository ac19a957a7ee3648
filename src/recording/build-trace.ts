import { toJson } from "../data/plain.js";
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
import type { Call } from "./call.js";
import type { OpenSpan, OpenSpanEvent } from "./open-span.js";
import { totalUsage } from "./total-usage.js";

const MAX_TAG_CHARACTERS = 4096;

/**
 * The trace of a sealed Call, as stores take it. `source` is the metadata that every trace of the process has; `nameOf`
 * takes secrets out of the name of a span.
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
  // The same whenever it is built; a copy of the attributes would take half of the time of all this.
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

function buildEvent({ name, timeMs, attributes }: OpenSpanEvent): SpanEvent {
  return { name, timestampNs: toNanoseconds(timeMs), attributes };
}

/** Python's levels of logging, as MLflow gives them to spans: DEBUG, INFO, ERROR. */
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
    assessments: [],
  };
}

/** Without a spread: a call takes only so many arguments, and a trace may have more spans. */
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
