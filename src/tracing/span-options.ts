import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionary, type Kind, kindOf, text } from "../settings/kinds.js";
import { SpanLogLevel, type SpanType } from "../trace/span.js";
import type { LiveSpan } from "./live-span.js";
import { isLiveSpan } from "./span-handle.js";
import { nanoseconds } from "./span-times.js";
import { type LinkInput, readLink, readLogLevel } from "./span-values.js";

/** The options of {@link startSpan}. */
export interface SpanOptions {
  /** Default: `span`. */
  readonly name?: string;
  /** One of {@link SpanType}, or any text. Default: `UNKNOWN`. */
  readonly spanType?: SpanType;
  /** Any value, which is recorded as plain data. */
  readonly inputs?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Nanoseconds since the epoch. Default: now. */
  readonly startTimeNs?: number | bigint;
  /** One of `SpanLogLevel`, or its name. Default: by the type of the span. */
  readonly logLevel?: SpanLogLevel | string;
  /** References to spans of other traces. */
  readonly links?: readonly LinkInput[];
  /** Default: the active span. Null: the span is the root of a new trace. */
  readonly parent?: LiveSpan | null;
}

/** The options of {@link withSpan}. */
export type WithSpanOptions = Omit<SpanOptions, "parent">;

/** The options of {@link trace}. */
export interface TraceOptions extends Pick<SpanOptions, "spanType" | "attributes" | "logLevel"> {
  /** Default: the name of the function. */
  readonly name?: string;
}

const anything: Kind<unknown> = { want: "any value", read: (value) => value };
const liveSpan: Kind<LiveSpan | null> = kindOf(
  "a span, or null",
  (value) => value === null || isLiveSpan(value),
);
const logLevel: Kind<SpanLogLevel | string> = {
  want: `one of ${Object.keys(SpanLogLevel).join(", ")}`,
  read: readLogLevel,
};

const TRACE_OPTIONS: OptionKinds<TraceOptions> = {
  name: text,
  spanType: text,
  attributes: dictionary,
  logLevel,
};
const links: Kind<readonly LinkInput[]> = {
  want: "a list of { traceId, spanId, attributes } with ids of 32 and 16 hexadecimal digits",
  read: (value) => {
    if (!Array.isArray(value)) return undefined;
    const copy: LinkInput[] = value.map((link) => ({ ...link }));
    return copy.every((link) => readLink(link)) ? copy : undefined;
  },
};

const WITH_SPAN_OPTIONS: OptionKinds<WithSpanOptions> = {
  ...TRACE_OPTIONS,
  links,
  inputs: anything,
  startTimeNs: nanoseconds,
};
const SPAN_OPTIONS: OptionKinds<SpanOptions> = { ...WITH_SPAN_OPTIONS, parent: liveSpan };

export function readTraceOptions(options: unknown): TraceOptions {
  return readOptions("trace()", options, TRACE_OPTIONS);
}

export function readWithSpanOptions(options: unknown): WithSpanOptions {
  return readOptions("withSpan()", options, WITH_SPAN_OPTIONS);
}

export function readSpanOptions(options: unknown): SpanOptions {
  return readOptions("startSpan()", options, SPAN_OPTIONS);
}
