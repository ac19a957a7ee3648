import { runInTracingContext } from "../recording/tracing-context.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionaryOfTexts, filledText, flag, kindOf } from "../settings/kinds.js";
import { callerMetadata, cutMetadata } from "./trace-fields.js";

/** The options of {@link tracingContext}. */
export interface TracingContextOptions {
  /** Metadata of every trace that starts in the function. It cannot change later. Values are cut after 250 characters. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Tags of every trace that starts in the function. */
  readonly tags?: Readonly<Record<string, string>>;
  /** False: nothing in the function is traced. True: it is traced, within a context that excludes it. Default: as outside. */
  readonly enabled?: boolean;
  /** The session of these traces. */
  readonly sessionId?: string;
  /** The user of these traces. */
  readonly user?: string;
}

const CALLER = "tracingContext()";

const OPTIONS: OptionKinds<TracingContextOptions> = {
  metadata: dictionaryOfTexts,
  tags: dictionaryOfTexts,
  enabled: flag,
  sessionId: filledText,
  user: filledText,
};

const callback = kindOf<() => unknown>("a function", (value) => typeof value === "function");

/**
 * Calls a function, and adds these tags and metadata to every trace that starts in it, by LangChain or by hand. Contexts
 * nest: the inner value of a name applies. Returns what the function returns. Mirrors `mlflow.tracing.context`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Errors of the function are thrown unchanged.
 * @example
 * await tracingContext({ sessionId: "s-1", user: "ada" }, () => agent.invoke({ messages }));
 */
export function tracingContext<T>(options: TracingContextOptions, fn: () => T): T {
  const given = readOptions<TracingContextOptions>(CALLER, options, OPTIONS);
  checkArgument(CALLER, "fn", callback, fn);
  const { tags = {}, metadata = {}, enabled } = given;
  return runInTracingContext(
    { tags, metadata: { ...callerMetadata(given), ...cutMetadata(metadata) }, isEnabled: enabled },
    fn,
  );
}
