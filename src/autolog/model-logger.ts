import { guard, warnOnce } from "../base/log.js";
import { isModelChosen, isModelObject } from "../context/active-model.js";
import type { RunTarget } from "../delivery/destination.js";
import { describeRunnable } from "../langchain/events/read.js";
import type { Call, OpenSpan } from "../recording/call.js";
import type { Origin } from "../recording/call-values.js";
import type { Pipeline } from "../recording/pipeline.js";
import type { CallObserver } from "../recording/readers.js";
import { openRunBeside } from "../runs/open-run.js";
import { putEnd, putWrite } from "../runs/put.js";
import { RunStatus, RunTagKey, randomRunName } from "../store/run-store.js";
import { REDACTION_FAILED } from "../trace/redact.js";
import { SpanType } from "../trace/span.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { LoggedObjects, type ObjectRecord } from "./logged-objects.js";
import { logsModels, ObjectModel } from "./object-model.js";

/**
 * Logs a model of each object that the app calls. Logs it once, to the active run or to a new run, with the input and
 * output of the object's first successful call. Never calls the object, and does not delay the app's call.
 */
export function createModelLogger(pipeline: Pipeline): CallObserver {
  const objects = new LoggedObjects();
  const { options } = pipeline;
  return {
    shows: (self) => logsModels(options) && !objects.known(self)?.model && !isModelObject(self),
    onSealed: guard("logging a model", (call) => {
      const { self } = call;
      if (!self || !logsModels(options) || isModelObject(self)) return;
      const root = call.spans.find((span) => !span.parent);
      if (!root || isRetriever(self)) return;
      const record = objects.recordOf(self);
      const origin = record && originOf({ call, self, root }, record, pipeline);
      call.origin = origin && isModelChosen() ? withoutModel(origin) : origin;
    }),
  };
}

/** A call that has ended. */
interface CalledObject {
  readonly call: Call;
  readonly self: object;
  readonly root: OpenSpan;
}

/** Removes the model id from the metadata, because the app has set the active model of its traces. */
function withoutModel(origin: Origin): Origin {
  const metadata = () => {
    const { [TraceMetadataKey.MODEL_ID]: _, ...rest } = origin.metadata();
    return rest;
  };
  return { known: () => origin.known(), metadata };
}

function originOf(
  called: CalledObject,
  record: ObjectRecord,
  pipeline: Pipeline,
): Origin | undefined {
  const { call } = called;
  if (!record.model && call.item === 0 && call.shown) logFirst(called, record, pipeline);
  else call.shown = undefined;
  return record.model ?? record.failure;
}

function logFirst(called: CalledObject, record: ObjectRecord, pipeline: Pipeline): void {
  const { call, root } = called;
  const end = root.attributes["langchain.end"];
  const hasFailed = end === "error" || call.shown?.isError;
  if (hasFailed) record.failure ??= logFailure(called, pipeline);
  else if (end === "complete") record.model = logModelOf(called, pipeline);
}

function logModelOf({ call, self, root }: CalledObject, pipeline: Pipeline): Origin {
  const { options } = pipeline;
  const around = call.destination?.run;
  const target = around ?? openOwnRun(call, tagsOf(root, pipeline), pipeline);
  if (around) tagRun(around, tagsOf(root, pipeline));
  const shown = () => {
    // Values that a trace policy excludes from the trace must not be logged as an example or a signature either.
    if (root.policy || (call.hasPolicy && root.runId === undefined)) {
      return { input: undefined, output: undefined };
    }
    pipeline.redactCall(call);
    // For a chain, uses the outputs of the span, because the stream of a graph returns the steps of the graph. For other
    // objects, uses the returned value, because the outputs of a chat model's span are choices instead of the message.
    const isChain = root.spanType === SpanType.CHAIN;
    return { input: call.shown?.input, output: isChain ? root.outputs : call.shown?.output };
  };
  const bytes = (call.shown?.characters ?? 0) * 2;
  const model = new ObjectModel({ object: self, shown, bytes }, target, { ...options });
  model.put();
  if (!around) putEnd(target, RunStatus.FINISHED);
  return model;
}

/** Logs a failed run. Does nothing inside a run of the app, because the app sets the status of that run. */
function logFailure({ call, root }: CalledObject, pipeline: Pipeline): Origin | undefined {
  if (call.destination?.run) return undefined;
  const own = openOwnRun(call, tagsOf(root, pipeline), pipeline);
  putEnd(own, RunStatus.FAILED);
  const metadata = () => {
    const { id } = own;
    return id === undefined ? {} : { [TraceMetadataKey.SOURCE_RUN]: id };
  };
  return { known: () => whenMade(own), metadata };
}

async function whenMade(target: RunTarget): Promise<void> {
  await target.whenCreated().catch(() => {});
}

/** Returns the tags of the `extraTags` option, redacted by the user's `redact` function. */
function tagsOf({ name: spanName, spanType }: OpenSpan, { options, redactValue }: Pipeline) {
  const tags = Object.entries(options.extraTags).map(([name, value]) => {
    const redacted = redactValue(value, { field: "tag", name, spanName, spanType });
    return [name, typeof redacted === "string" ? redacted : REDACTION_FAILED] as const;
  });
  return Object.fromEntries(tags);
}

function openOwnRun(
  call: Call,
  tags: Readonly<Record<string, string>>,
  { tracking }: Pipeline,
): RunTarget {
  return openRunBeside({
    runName: randomRunName("langchain"),
    tags: { ...tags, [RunTagKey.AUTOLOGGING]: "langchain" },
    place: call.destination ?? tracking.current(),
  });
}

/** Adds the tags to a run of the app. Leaves out `mlflow.*` tags, which the run already has. */
function tagRun(run: RunTarget, extraTags: Readonly<Record<string, string>>): void {
  const own = Object.entries(extraTags).filter(([key]) => !key.startsWith("mlflow."));
  if (own.length === 0) return;
  putWrite(run, { kind: "logBatch", tags: Object.fromEntries(own) }).catch(() => {});
}

function isRetriever(self: object): boolean {
  const { spanType, name } = describeRunnable(self);
  if (spanType !== SpanType.RETRIEVER) return false;
  warnOnce(
    `retriever ${name}`,
    `autolog() does not log the retriever ${name} as a model, since the model would not contain its documents. Create the retriever in a file that calls mlflow.models.setModel(), and log that file: mlflow.langchain.logModel({ lcModel: "retriever.mjs" }).`,
  );
  return true;
}
