import { isPlainObject, toJson } from "../data/plain.js";
import { toNanoseconds } from "../trace/clock.js";
import { metadataOf, previewOf } from "../trace/preview.js";
import {
  type Span,
  SpanAttributeKey,
  type SpanEvent,
  SpanLogLevel,
  SpanStatusCode,
  SpanType,
  spanStatus,
} from "../trace/span.js";
import {
  markStated,
  type TraceInfo,
  TraceMetadataKey,
  TraceState,
  TraceTagKey,
  type TraceToLog,
} from "../trace/trace.js";
import type { Call, OpenSpan } from "./call.js";
import { type Masks, maskFields, NO_MASKS } from "./masks.js";
import type { RecordedEvent } from "./recorded-span.js";

const MAX_TAG_CHARACTERS = 4096;

/**
 * Builds the trace of a sealed Call. `source` is the metadata that all traces of the process have; `masks` remove
 * secrets from names of spans, and from the tags, metadata and previews that the app has set.
 */
export function buildTrace(
  call: Call,
  experimentId: string,
  source: Readonly<Record<string, string>>,
  masks: Masks = NO_MASKS,
): TraceToLog {
  const root =
    call.rootByHand ?? call.spans.find((span) => span.parent === undefined) ?? call.spans[0];
  const spans = call.spans.map((span) => buildSpan(span, call.traceId, masks));
  const info = buildInfo(call, root, experimentId, source, masks);
  const share = call.remoteParent ? "part" : call.isShared ? "root" : undefined;
  return { info, data: { spans }, ...(share && { share }) };
}

function buildSpan(span: OpenSpan, traceId: string, masks: Masks): Span {
  const { inputs, outputs, parentId, attributes } = span;
  // Written into the span's own attributes: a copy of them would take half of the time of this function.
  span.setAttribute(SpanAttributeKey.LOG_LEVEL, logLevelOf(span));
  const built: { -readonly [key in keyof Span]: Span[key] } = {
    traceId,
    spanId: span.spanId,
    name: masks.name(span.name),
    spanType: span.spanType,
    startTimeNs: span.startNs ?? toNanoseconds(span.startMs),
    endTimeNs: span.endNs ?? toNanoseconds(span.endMs ?? span.startMs),
    status: spanStatus(span.status, span.statusMessage),
    attributes,
    events: span.events ? span.events.map(buildEvent) : [],
  };
  if (parentId !== undefined) built.parentId = parentId;
  const { allLinks } = span;
  if (allLinks.length > 0) built.links = allLinks;
  if (inputs !== undefined) built.inputs = inputs;
  if (outputs !== undefined) built.outputs = outputs;
  return built;
}

function buildEvent({ name, timeMs, attributes }: RecordedEvent): SpanEvent {
  return { name, timestampNs: toNanoseconds(timeMs), attributes };
}

/** The steps that MLflow's UI shows at its default level. */
const INFO_TYPES: ReadonlySet<string> = new Set([
  SpanType.LLM,
  SpanType.CHAT_MODEL,
  SpanType.TOOL,
  SpanType.RETRIEVER,
  SpanType.AGENT,
  SpanType.EMBEDDING,
]);

/** The level that the app has set, or MLflow's default. A failed span has at least the level ERROR. */
function logLevelOf({ status, spanType, attributes }: OpenSpan): number {
  const given = attributes[SpanAttributeKey.LOG_LEVEL];
  const { DEBUG, INFO, ERROR } = SpanLogLevel;
  const level = typeof given === "number" ? given : INFO_TYPES.has(spanType) ? INFO : DEBUG;
  return status === SpanStatusCode.ERROR ? Math.max(level, ERROR) : level;
}

function buildInfo(
  call: Call,
  root: OpenSpan | undefined,
  experimentId: string,
  source: Readonly<Record<string, string>>,
  masks: Masks,
): TraceInfo {
  const { startMs, endMs } = durationOf(call.spans);
  const usage = totalUsage(call.spans);
  const { given } = call;
  const masked = (text: string | undefined) => text && masks.field("preview", text);
  const requestPreview = masked(given?.requestPreview) ?? previewOf(root?.inputs, "user");
  const responsePreview = masked(given?.responsePreview) ?? previewOf(root?.outputs, "assistant");
  const info: TraceInfo = {
    traceId: call.traceId,
    ...(given?.clientRequestId !== undefined && { clientRequestId: given.clientRequestId }),
    experimentId,
    ...(requestPreview === undefined ? {} : { requestPreview }),
    ...(responsePreview === undefined ? {} : { responsePreview }),
    requestTime: Math.floor(startMs),
    executionDuration: Math.round(endMs - startMs),
    state:
      given?.state ?? (root?.status === SpanStatusCode.ERROR ? TraceState.ERROR : TraceState.OK),
    traceMetadata: {
      [TraceMetadataKey.SCHEMA_VERSION]: "3",
      ...source,
      [TraceMetadataKey.INPUTS]: metadataOf(root?.inputs),
      [TraceMetadataKey.OUTPUTS]: metadataOf(root?.outputs),
      ...(usage ? { [TraceMetadataKey.TOKEN_USAGE]: toJson(usage, "python") } : {}),
      ...(call.sessionId === undefined ? {} : { [TraceMetadataKey.SESSION]: call.sessionId }),
      ...maskFields(call.metadata, masks),
    },
    tags: {
      [TraceTagKey.NAME]: masks.name(root?.name ?? ""),
      ...cutValues(maskFields(call.tags, masks)),
    },
    assessments: call.assessments ?? [],
  };
  if (given) markStated(info);
  return info;
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
