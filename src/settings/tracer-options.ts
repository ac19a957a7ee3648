import * as z from "zod";
import { checkOption, type Kind, readOptions } from "./check-options.js";

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

const text: Kind<string> = {
  want: "a text that is not empty",
  inCode: () => z.string().refine((value) => value.trim() !== ""),
};

const texts: Kind<Record<string, string>> = {
  want: "an object whose values are strings",
  inCode: () => z.record(z.string(), z.string()),
};

const span: Kind<{ traceId: string; spanId: string }> = {
  want: "an object with a `traceId` and a `spanId`",
  inCode: () => z.object({ traceId: text.inCode(), spanId: text.inCode() }),
};

type Kinds = {
  readonly [Name in keyof MlflowLangchainTracerOptions]-?: Kind<
    NonNullable<MlflowLangchainTracerOptions[Name]>
  >;
};

const KINDS: Kinds = {
  tags: texts,
  metadata: texts,
  sessionId: text,
  experimentName: text,
  parentSpan: span,
};
const NAMES = Object.keys(KINDS) as (keyof Kinds)[];
const CALLER = "MlflowLangchainTracer()";

/**
 * Checks the options of `new MlflowLangchainTracer()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 */
export function readTracerOptions(options: unknown): MlflowLangchainTracerOptions {
  const given = readOptions(CALLER, options, NAMES);
  const taken = NAMES.filter((name) => given[name] !== undefined).map((name) => [
    name,
    checkOption(CALLER, name, KINDS[name] as Kind<unknown>, given[name]),
  ]);
  return Object.fromEntries(taken);
}
