import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, type Kind, text } from "../settings/kinds.js";
import { traceToJson } from "../store/wire/trace-json.js";
import { type Span, SpanAttributeKey, type SpanLogLevel, type SpanType } from "../trace/span.js";
import type { TraceInfo, Trace as TraceRecord } from "../trace/trace.js";
import { readLogLevel } from "./span-values.js";

/** Which spans {@link Trace.searchSpans} returns: those with all of these. */
export interface SearchSpansOptions {
  readonly spanType?: SpanType;
  /** The name, or an expression that matches a part of it. */
  readonly name?: string | RegExp;
  readonly spanId?: string;
}

/** A span of a trace that was read from a store. */
export interface ReadSpan extends Span {
  /** The attribute `mlflow.spanLogLevel`, as `logLevel` of a {@link LiveSpan}. Null if the span does not have it. */
  readonly logLevel: SpanLogLevel | null;
}

/** A trace that was read from a store. */
export interface Trace {
  readonly info: TraceInfo;
  readonly data: { readonly spans: readonly ReadSpan[] };
  /**
   * Returns the trace as JSON text, which Python's `mlflow.entities.Trace.from_json` reads. `JSON.stringify()` returns the
   * same data.
   */
  toJson(): string;
  /**
   * Returns the spans that match all options, in the order of the trace. Mirrors `Trace.search_spans` of Python.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
   */
  searchSpans(options?: SearchSpansOptions): ReadSpan[];
}

const namePattern: Kind<string | RegExp> = {
  want: "a string or a regular expression",
  read: (value) =>
    typeof value === "string" || value instanceof RegExp ? (value as string | RegExp) : undefined,
};

const OPTIONS: OptionKinds<SearchSpansOptions> = {
  spanType: text,
  name: namePattern,
  spanId: filledText,
};

/** The methods are on the prototype: the object itself has only data. */
class ReadTrace implements Trace {
  readonly info: TraceInfo;
  readonly data: Trace["data"];

  constructor({ info, data }: TraceRecord) {
    this.info = info;
    this.data = { ...data, spans: data.spans.map(readableSpan) };
  }

  toJson(): string {
    return traceToJson(this);
  }

  /** `JSON.stringify()` throws for the BigInts of times. Evaluators of other libraries call it with all that they receive. */
  toJSON(): unknown {
    return JSON.parse(this.toJson());
  }

  searchSpans(options: SearchSpansOptions = {}): ReadSpan[] {
    const { spanType, name, spanId } = readOptions<SearchSpansOptions>(
      "searchSpans()",
      options,
      OPTIONS,
    );
    return this.data.spans.filter(
      (span) =>
        (spanType === undefined || span.spanType === spanType) &&
        (name === undefined || isMatch(name, span.name)) &&
        (spanId === undefined || span.spanId === spanId),
    );
  }
}

/** As for a trace: the level is on the prototype, and the object itself has only the stored fields. */
class StoredSpan {
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  get logLevel(): SpanLogLevel | null {
    return readLogLevel(this.#span.attributes[SpanAttributeKey.LOG_LEVEL]) ?? null;
  }
}

function readableSpan(span: Span): ReadSpan {
  return Object.assign(new StoredSpan(span), span);
}

/** `search()` ignores the position that an expression with the flag `g` or `y` keeps. */
function isMatch(name: string | RegExp, text: string): boolean {
  return typeof name === "string" ? name === text : text.search(name) >= 0;
}

export function readableTrace(record: TraceRecord): Trace {
  return new ReadTrace(record);
}
