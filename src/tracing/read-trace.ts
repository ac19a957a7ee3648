import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, type Kind, text } from "../settings/kinds.js";
import { traceToJson } from "../store/wire/trace-json.js";
import type { Span, SpanType } from "../trace/span.js";
import type { TraceData, TraceInfo, Trace as TraceRecord } from "../trace/trace.js";

/** Which spans {@link Trace.searchSpans} returns: those with all of these. */
export interface SearchSpansOptions {
  readonly spanType?: SpanType;
  /** The name, or an expression that matches a part of it. */
  readonly name?: string | RegExp;
  readonly spanId?: string;
}

/** A trace that was read from a store. */
export interface Trace {
  readonly info: TraceInfo;
  readonly data: TraceData;
  /** Returns the trace as JSON text, which Python's `mlflow.entities.Trace.from_json` reads. */
  toJson(): string;
  /**
   * Returns the spans that match all options, in the order of the trace. Mirrors `Trace.search_spans` of Python.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
   */
  searchSpans(options?: SearchSpansOptions): Span[];
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
  readonly data: TraceData;

  constructor({ info, data }: TraceRecord) {
    this.info = info;
    this.data = data;
  }

  toJson(): string {
    return traceToJson(this);
  }

  searchSpans(options: SearchSpansOptions = {}): Span[] {
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

/** `search()` ignores the position that an expression with the flag `g` or `y` keeps. */
function isMatch(name: string | RegExp, text: string): boolean {
  return typeof name === "string" ? name === text : text.search(name) >= 0;
}

export function readableTrace(record: TraceRecord): Trace {
  return new ReadTrace(record);
}
