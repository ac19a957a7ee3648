import { type OptionKinds, readOptions } from "./check-options.js";
import { dictionaryOfTexts, filledText, isDictionary, type Kind } from "./kinds.js";

/** The options of `new MlflowLangchainTracer()`. */
export interface MlflowLangchainTracerOptions {
  /** Tags of every trace that the tracer creates or adds spans to. Values are cut after 4096 characters. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Metadata of these traces. It cannot change later. Values are cut after 250 characters. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The session of these traces. Default: `thread_id` in the metadata of the call. */
  readonly sessionId?: string;
  /** The experiment of the traces that the tracer creates. It is created if it is missing. Default: the active experiment. */
  readonly experimentName?: string;
  /**
   * The span, of any trace, that caused the calls. Their traces name it in the metadata `langchain.parent_trace_id` and
   * `langchain.parent_span_id`. It may be a `Span` from a trace that was read.
   */
  readonly parentSpan?: { readonly traceId: string; readonly spanId: string };
}

type SpanId = NonNullable<MlflowLangchainTracerOptions["parentSpan"]>;

const span: Kind<SpanId> = {
  want: "an object with a `traceId` and a `spanId`",
  read: (value) => {
    const { traceId, spanId } = isDictionary(value) ? (value as Partial<SpanId>) : {};
    const isSpan = filledText.read(traceId) !== undefined && filledText.read(spanId) !== undefined;
    return isSpan ? { traceId: String(traceId), spanId: String(spanId) } : undefined;
  },
};

const KINDS: OptionKinds<MlflowLangchainTracerOptions> = {
  tags: dictionaryOfTexts,
  metadata: dictionaryOfTexts,
  sessionId: filledText,
  experimentName: filledText,
  parentSpan: span,
};

/**
 * Checks the options of `new MlflowLangchainTracer()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 */
export function readTracerOptions(options: unknown): MlflowLangchainTracerOptions {
  return readOptions("MlflowLangchainTracer()", options, KINDS);
}
