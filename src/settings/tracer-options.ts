import * as z from "zod";
import { givenOptions, type Kind, takenOption } from "./given-options.js";

/** What `new MlflowLangchainTracer()` takes. */
export interface MlflowLangchainTracerOptions {
  /** Tags put on every trace it makes or takes part in. Values of more than 4096 characters are cut. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Metadata of every such trace, which cannot be changed later. Values of more than 250 characters are cut. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The session of every such trace. Default: `thread_id` in the metadata of the call. */
  readonly sessionId?: string;
  /** Where the traces go of the calls that are made with it; made when there is none of that name. Default: the active experiment. */
  readonly experimentName?: string;
  /**
   * A span, of any trace, that the calls were made for: their traces name it in the metadata
   * `langchain.parent_trace_id` and `langchain.parent_span_id`. A `Span` that was read back is one.
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

/** The options as they were given. @throws MlflowException INVALID_PARAMETER_VALUE for unknown or wrong ones. */
export function readTracerOptions(options: unknown): MlflowLangchainTracerOptions {
  const given = givenOptions(CALLER, options, NAMES);
  const taken = NAMES.filter((name) => given[name] !== undefined).map((name) => [
    name,
    takenOption(CALLER, name, KINDS[name] as Kind<unknown>, given[name]),
  ]);
  return Object.fromEntries(taken);
}
