import { autolog, MlflowLangchainTracer, type Span, type Trace } from "langchain-mlflow";
import { type Config, traced, tracedWith } from "./traces.js";

/** The traces of one run of a program, as a tracer alone makes them: nothing is patched. */
export async function tracedByTracer<T>(
  program: (config: Config) => Promise<T> | T,
  tracer = new MlflowLangchainTracer(),
) {
  return tracedWith(
    () => program({ callbacks: [tracer] }),
    () => autolog({ disable: true }),
  );
}

/** What a program's traces are with autolog, and with a tracer alone. */
export async function bothWays<T>(program: (config: Config) => Promise<T> | T) {
  const { traces: byAutolog } = await traced(() => program({}));
  const { traces: byTracer } = await tracedByTracer(program);
  return { autolog: byAutolog.map(contentOf), tracer: byTracer.map(contentOf), byTracer };
}

/** All that a trace says, but for ids and times: its spans in their order, each with its path. */
export function contentOf({ info, data: { spans } }: Trace) {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: Span): string => {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId);
    return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
  };
  const { state, requestPreview, responsePreview } = info;
  // Stack traces and ids have other lengths.
  const {
    "mlflow.trace.sizeBytes": _bytes,
    "mlflow.trace.sizeStats": _stats,
    ...traceMetadata
  } = info.traceMetadata;
  const { "mlflow.artifactLocation": _, ...tags } = info.tags;
  const content = {
    state,
    requestPreview,
    responsePreview,
    traceMetadata,
    tags,
    spans: spans.map((span) => {
      const { "langchain.first_token_ms": _, ...attributes } = span.attributes;
      const { spanType, status, inputs, outputs } = span;
      const events = span.events.map(
        ({ name, attributes: { "exception.stacktrace": _, ...rest } }) => ({
          name,
          ...rest,
        }),
      );
      return { path: pathOf(span), spanType, status, inputs, outputs, attributes, events };
    }),
  };
  return JSON.parse(withoutIds(JSON.stringify(content)));
}

function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/chatcmpl-mock\d+/g, "<completion>")
    .replace(/\b\d{13}\b/g, "<ms>");
}
