import { attempt } from "../base/show.js";
import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../data/plain.js";
import { type Span, SpanAttributeKey, SpanType } from "../trace/span.js";
import { type TraceInfo, TraceMetadataKey } from "../trace/trace.js";
import type { Trace } from "../tracing/read-trace.js";

/** A call of a tool in a trace. */
export interface TracedToolCall {
  readonly name: string;
  readonly arguments: PlainObject;
  readonly outputs: Plain | undefined;
  /** The message of the error with which the call failed. */
  readonly exception: Plain | undefined;
}

/** The documents that one retriever returned. */
export interface Retrieval {
  readonly spanId: string;
  readonly documents: readonly RetrievedDocument[];
}

export interface RetrievedDocument {
  /** Undefined if the document has only metadata. */
  readonly content: Plain | undefined;
  /** `doc_uri`, `id`, `source`, … of its metadata, else the id of the document. */
  readonly id: string | undefined;
  /** `doc_uri` of its metadata. */
  readonly uri: Plain | undefined;
}

/** The fields of a document's metadata that may identify it. The first one that exists counts. */
const ID_FIELDS = ["doc_uri", "id", "doc_id", "document_id", "source", "url"] as const;

/** Returns the spans of a trace, in the order of their start. */
export function inOrder(trace: Trace, spanType?: SpanType): Span[] {
  const spans = trace.data.spans.filter(
    (span) => spanType === undefined || span.spanType === spanType,
  );
  return spans.sort((one, other) => Number(one.startTimeNs - other.startTimeNs));
}

/** Returns the tool calls of a trace, in the order of their start. */
export function toolCalls(trace: Trace): TracedToolCall[] {
  return inOrder(trace, SpanType.TOOL).map(({ name, inputs, outputs, attributes, events }) => {
    const given = attributes["gen_ai.tool.name"];
    const error = events.find((event) => event.name === "exception")?.attributes;
    return {
      name: typeof given === "string" ? given : name,
      arguments: argumentsOf(inputs),
      outputs,
      exception: error?.["exception.message"] ?? error?.["exception.type"],
    };
  });
}

/**
 * Returns what the retrievers of a trace returned, in the order of their start. A retriever inside another one does not
 * count: the outer one decides what it returns.
 */
export function retrievals(trace: Trace): Retrieval[] {
  const byId = new Map(trace.data.spans.map((span) => [span.spanId, span]));
  return inOrder(trace, SpanType.RETRIEVER)
    .filter((span) => !isInside(span, byId))
    .map(({ spanId, outputs }) => ({ spanId, documents: documentsOf(outputs) }));
}

/** Returns how many seconds the trace took. */
export function latencySeconds(trace: Trace): number {
  return trace.info.executionDuration / 1000;
}

/** Returns a number of an object that the metadata of a trace has as JSON. */
export function numberInMetadata(
  { traceMetadata }: TraceInfo,
  key: string,
  field: string,
): number | undefined {
  const fields = parse(traceMetadata[key]);
  const value = isPlainObject(fields) ? fields[field] : undefined;
  return typeof value === "number" ? value : undefined;
}

/** Returns how many tokens the models of a trace used. Undefined if no model reported them. */
export function tokensOfTrace(info: TraceInfo): number | undefined {
  return numberInMetadata(info, TraceMetadataKey.TOKEN_USAGE, "total_tokens");
}

/** The same for a trace whose metadata has no sum. */
export function tokensOfSpans({ data }: Trace): number | undefined {
  const counts = data.spans.flatMap(({ attributes }) => {
    const count = attributes[SpanAttributeKey.TOKEN_USAGE];
    if (!isPlainObject(count)) return [];
    const { input_tokens = 0, output_tokens = 0, total_tokens } = count;
    return Number(total_tokens ?? Number(input_tokens) + Number(output_tokens));
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/** LangChain calls a tool with its arguments, or with the whole tool call of the model. Both may be JSON text. */
export function argumentsOf(inputs: Plain | undefined): PlainObject {
  const value = typeof inputs === "string" ? (parse(inputs) ?? inputs) : inputs;
  if (isPlainObject(value)) {
    if (value.type === "tool_call" && isPlainObject(value.args)) return value.args;
    const [[name, only] = [], ...others] = Object.entries(value);
    const nested =
      name === "input" && others.length === 0 && typeof only === "string" ? parse(only) : undefined;
    return isPlainObject(nested) ? nested : value;
  }
  return value === undefined || value === null ? {} : { input: value };
}

function isInside(span: Span, byId: ReadonlyMap<string, Span>): boolean {
  const seen = new Set<Span>();
  let above = byId.get(span.parentId ?? "");
  while (above && !seen.has(above)) {
    if (above.spanType === SpanType.RETRIEVER) return true;
    seen.add(above);
    above = byId.get(above.parentId ?? "");
  }
  return false;
}

function documentsOf(outputs: Plain | undefined): RetrievedDocument[] {
  const given = typeof outputs === "string" ? parse(outputs) : outputs;
  const { documents, context, output } = isPlainObject(given) ? given : { output: given };
  const list = documents ?? context ?? output;
  return isPlainArray(list) ? list.flatMap(documentOf) : [];
}

function documentOf(value: Plain): RetrievedDocument[] {
  if (typeof value === "string") return [{ content: value, id: undefined, uri: undefined }];
  if (!isPlainObject(value)) return [];
  const metadata = isPlainObject(value.metadata) ? value.metadata : {};
  const id = [...ID_FIELDS.map((name) => metadata[name]), value.id, value.doc_uri].find(isId);
  return [
    {
      content: value.page_content ?? value.pageContent ?? value.content ?? value.text,
      id: id === undefined ? id : String(id),
      uri: metadata.doc_uri,
    },
  ];
}

function isId(value: Plain | undefined): value is string | number {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function parse(text: string | undefined): Plain | undefined {
  return text === undefined ? undefined : attempt(() => JSON.parse(text));
}
