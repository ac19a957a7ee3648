import { warnOnce } from "../base/log.js";
import { setField } from "../data/plain.js";
import { getPipeline } from "../recording/pipeline.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionaryOfTexts, filledText, type Kind, oneOf, text } from "../settings/kinds.js";
import { TraceMetadataKey, TraceState } from "../trace/trace.js";
import { isTracing } from "./open-span.js";
import { callerMetadata, cutMetadata } from "./trace-fields.js";

/** The options of {@link updateCurrentTrace}. All are optional: what is missing does not change. */
export interface UpdateCurrentTraceOptions {
  /** Added to the tags of the trace. Tags can change later. Values are cut after 4096 characters. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Added to the metadata of the trace. It cannot change later. Values are cut after 250 characters. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** An id of the app for its request. */
  readonly clientRequestId?: string;
  /** The request in the list of traces. Default: from the inputs of the root span. */
  readonly requestPreview?: string;
  /** The response in the list of traces. Default: from the outputs of the root span. */
  readonly responsePreview?: string;
  /** Default: the status of the root span. */
  readonly state?: "OK" | "ERROR";
  /** The logged model of the trace. */
  readonly modelId?: string;
  /** The session of the trace, or several. */
  readonly sessionId?: string | readonly string[];
  readonly user?: string;
}

const sessions: Kind<string | readonly string[]> = {
  want: "a text that is not empty, or an array of them",
  read: (value) => {
    if (!Array.isArray(value)) return filledText.read(value);
    const copy = [...value];
    return copy.length > 0 && copy.every((one) => filledText.read(one)) ? copy : undefined;
  },
};

const OPTIONS: OptionKinds<UpdateCurrentTraceOptions> = {
  tags: dictionaryOfTexts,
  metadata: dictionaryOfTexts,
  clientRequestId: text,
  requestPreview: text,
  responsePreview: text,
  state: oneOf([TraceState.OK, TraceState.ERROR]),
  modelId: filledText,
  sessionId: sessions,
  user: filledText,
};

/**
 * Changes the trace in which the current code runs: a span by hand, or a call of LangChain. Outside of a trace, logs a
 * warning. Mirrors `mlflow.update_current_trace`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * updateCurrentTrace({ tags: { plan: "pro" }, clientRequestId: request.id, user: "ada" });
 */
export function updateCurrentTrace(options: UpdateCurrentTraceOptions = {}): void {
  const given = readOptions<UpdateCurrentTraceOptions>("updateCurrentTrace()", options, OPTIONS);
  const { byHand } = getPipeline().recording.collector;
  const call = byHand.activeCall();
  if (!call) {
    if (isTracing() && !byHand.isExcluded()) warnOfNoTrace();
    return;
  }
  if (call.remoteParent && Object.keys(given).some((name) => name !== "tags")) warnOfPart();
  const { tags, metadata = {}, modelId } = given;
  setFields(call.tags, { ...tags });
  setFields(call.metadata, {
    ...cutMetadata(metadata),
    ...(modelId !== undefined && { [TraceMetadataKey.MODEL_ID]: modelId }),
    ...callerMetadata(given),
  });
  const { clientRequestId, requestPreview, responsePreview, state } = given;
  const fields = { clientRequestId, requestPreview, responsePreview, state };
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (set.length > 0) call.given = { ...call.given, ...Object.fromEntries(set) };
}

/** Unlike `Object.assign()`, it keeps a field with the name `__proto__`. */
function setFields(record: Record<string, string>, fields: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(fields)) setField(record, name, value);
}

function warnOfPart(): void {
  warnOnce(
    "fields of a part",
    "updateCurrentTrace() sets only tags in a trace that another process has started: that process has the other fields.",
  );
}

function warnOfNoTrace(): void {
  warnOnce(
    "no active trace",
    "updateCurrentTrace() has no effect outside of a trace. Call it in a function that is passed to withSpan() or trace(), or that LangChain calls.",
  );
}
