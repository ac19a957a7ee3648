import { isPlainArray, isPlainObject, type Plain } from "../data/plain.js";
import { inOrder, retrievals, toolCalls } from "../scorers/trace-facts.js";
import { type Span, SpanAttributeKey, SpanType } from "../trace/span.js";
import type { Trace } from "../tracing/read-trace.js";
import { type Judged, type JudgedFields, judgedData } from "./judged-data.js";

/** The calls of tools in a trace, in the order in which they started. */
export function toolCallsOf(trace: Trace): readonly JudgedFields[] {
  return toolCalls(trace).map(({ name, exception, ...call }) => ({
    name,
    arguments: judgedData(call.arguments),
    outputs: judgedData(call.outputs),
    ...(exception !== undefined && { exception: judgedData(exception) }),
  }));
}

/** The tools that models of a trace could call, each once. */
export function availableToolsOf(trace: Trace): readonly Judged[] {
  const tools = new Map<string, Judged>();
  for (const { spanType, attributes, inputs } of trace.data.spans) {
    if (spanType !== SpanType.CHAT_MODEL && spanType !== SpanType.LLM) continue;
    const given = attributes[SpanAttributeKey.CHAT_TOOLS] ?? toolsIn(inputs);
    for (const tool of isPlainArray(given) ? given : []) {
      const data = judgedData(tool);
      tools.set(JSON.stringify(data), data);
    }
  }
  return [...tools.values()];
}

function toolsIn(inputs: Plain | undefined): Plain | undefined {
  return isPlainObject(inputs) ? inputs.tools : undefined;
}

/** The documents that one retriever has returned. */
export interface JudgedRetrieval {
  readonly spanId: string;
  readonly documents: readonly JudgedFields[];
}

/** The retrievals of a trace, without those within another one. A document without content is left out. */
export function retrievalsOf(trace: Trace): readonly JudgedRetrieval[] {
  return retrievals(trace).map(({ spanId, documents }) => ({
    spanId,
    documents: documents
      .filter(({ content }) => content !== undefined)
      .map(({ content, uri }) => ({
        content: judgedData(content),
        ...(uri !== undefined && { doc_uri: judgedData(uri) }),
      })),
  }));
}

/** How many characters of JSON the spans of a trace may have. Longer traces lose the ends of long values. */
const MAX_TRACE_CHARACTERS = 200_000;
const TEXT_LIMITS = [20_000, 4000, 1000, 200, 0];

/**
 * A trace as data for a judge: its spans in the order of their start, each with its parent. In a long trace, long values are
 * cut, and then spans at its end are left out; a field says how many.
 */
export function traceData(trace: Trace): JudgedFields {
  const spans = inOrder(trace);
  for (const limit of TEXT_LIMITS) {
    const shown = spans.map((span) => spanData(span, limit));
    if (JSON.stringify(shown).length <= MAX_TRACE_CHARACTERS) return { spans: shown };
  }
  const shown = spans.map((span) => spanData(span, 0));
  let characters = 0;
  const kept = shown.filter((span) => {
    characters += JSON.stringify(span).length + 1;
    return characters <= MAX_TRACE_CHARACTERS;
  });
  return { spans: kept, omitted_spans: shown.length - kept.length };
}

function spanData(span: Span, limit: number): JudgedFields {
  const error = span.status.code === "ERROR" ? span.status.message : undefined;
  return {
    span_id: span.spanId,
    parent_id: span.parentId ?? null,
    name: cut(span.name, 200),
    type: span.spanType,
    duration_ms: Number(span.endTimeNs - span.startTimeNs) / 1e6,
    ...(error !== undefined && { error: cut(error, Math.max(limit, 200)) }),
    inputs: bounded(span.inputs, limit),
    outputs: bounded(span.outputs, limit),
  };
}

function bounded(value: unknown, limit: number): Judged {
  const data = judgedData(value);
  const text = JSON.stringify(data);
  return text.length <= limit ? data : cut(typeof data === "string" ? data : text, limit);
}

function cut(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : `${text.slice(0, limit)}… [${text.length - limit} characters omitted]`;
}
