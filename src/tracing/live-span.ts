import type { Plain } from "../data/plain.js";
import type { SpanEvent, SpanLink, SpanLogLevel, SpanStatus, SpanType } from "../trace/span.js";
import type { EndOptions, EventInput, LinkInput, StatusInput } from "./span-values.js";

/**
 * A span that is being recorded. Its methods never throw, and change nothing once the span has ended. A span that is not
 * recorded, because tracing is off or the trace is not sampled, has the same methods, which do nothing. Values are copied
 * when they are set: later changes of an object have no effect. Mirrors `LiveSpan` of MLflow.
 */
export interface LiveSpan {
  /** `tr-` and 32 hexadecimal digits. `no-op-span-trace-id` if the span is not recorded. */
  readonly traceId: string;
  /** 16 hexadecimal digits, or an empty text if the span is not recorded. */
  readonly spanId: string;
  /** The id of the parent span. Null for the root. */
  readonly parentId: string | null;
  readonly name: string;
  readonly spanType: SpanType;
  /** The recorded copy. */
  readonly inputs: Plain | undefined;
  /** The recorded copy. */
  readonly outputs: Plain | undefined;
  readonly status: SpanStatus;
  /** Nanoseconds since the epoch. Zero if the span is not recorded. */
  readonly startTimeNs: bigint;
  /** Nanoseconds since the epoch. Null while the span is open. */
  readonly endTimeNs: bigint | null;
  /** Null if the app has not set it. */
  readonly logLevel: SpanLogLevel | null;
  /** A copy of all attributes. */
  readonly attributes: Record<string, Plain>;
  readonly events: readonly SpanEvent[];
  /** The references to spans of other traces. */
  readonly links: readonly SpanLink[];
  /** Returns undefined if the span does not have the attribute. */
  getAttribute(key: string): Plain | undefined;
  /** Sets the inputs: any value, which is recorded as plain data. */
  setInputs(inputs: unknown): void;
  /** Sets the outputs: any value, which is recorded as plain data. */
  setOutputs(outputs: unknown): void;
  /** Sets an attribute. A key of MLflow, for example `mlflow.spanInputs`, sets that field of the span. */
  setAttribute(key: string, value: unknown): void;
  setAttributes(attributes: Readonly<Record<string, unknown>>): void;
  /** Sets the type: one of {@link SpanType}, or any text. */
  setSpanType(spanType: SpanType): void;
  /** Sets the level: one of `SpanLogLevel`, or its name. Another value is ignored. */
  setLogLevel(level: SpanLogLevel | string): void;
  addEvent(event: EventInput): void;
  /** Adds a reference to a span, mostly of another trace. One with invalid ids is ignored. */
  addLink(link: LinkInput): void;
  /** Adds an `exception` event with the message, the type and the stack of an error. Does not change the status. */
  recordException(error: unknown): void;
  /** Sets the status: `"OK"`, `"ERROR"` or `"UNSET"`, with a description, or an object with both. */
  setStatus(status: StatusInput, description?: string): void;
  /**
   * Ends the span. Its status is OK unless it was set to ERROR. Only the first call counts. A span that this package
   * started for a call of LangChain ends with that call, and ignores this one.
   */
  end(options?: EndOptions): void;
}
