import { guard, warnOnce } from "../base/log.js";
import { isModelChosen, isModelObject } from "../context/active-model.js";
import type { RunTarget } from "../delivery/run-target.js";
import { describeRunnable } from "../langchain/events/read.js";
import type { Call, Origin } from "../recording/call.js";
import type { OpenSpan } from "../recording/open-span.js";
import type { CallWatcher, Pipeline } from "../recording/pipeline.js";
import { openRunBeside } from "../runs/open-run.js";
import { putEnd, putWrite } from "../runs/put.js";
import { RunStatus, RunTagKey, randomRunName } from "../store/run-store.js";
import { REDACTION_FAILED } from "../trace/redact.js";
import { SpanType } from "../trace/span.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { LoggedObjects, type ObjectRecord } from "./logged-objects.js";
import { logsModels, ObjectModel } from "./object-model.js";

/**
 * Logs what the app calls as models: each object once, in the active run or in one of its own, from what its first
 * call that succeeded was given and gave back. The object is not called for it, and its call does not wait.
 */
export function createModelLogger(pipeline: Pipeline): CallWatcher {
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

/** A call that is over. */
interface Called {
  readonly call: Call;
  readonly self: object;
  readonly root: OpenSpan;
}

/** Somebody has chosen which model traces are of. */
function withoutModel(origin: Origin): Origin {
  const metadata = () => {
    const { [TraceMetadataKey.MODEL_ID]: _, ...rest } = origin.metadata();
    return rest;
  };
  return { known: () => origin.known(), metadata };
}

function originOf(called: Called, record: ObjectRecord, pipeline: Pipeline): Origin | undefined {
  const { call } = called;
  if (!record.model && call.item === 0 && call.shown) logFirst(called, record, pipeline);
  else call.shown = undefined;
  return record.model ?? record.failure;
}

function logFirst(called: Called, record: ObjectRecord, pipeline: Pipeline): void {
  const { call, root } = called;
  const end = root.attributes["langchain.end"];
  const hasFailed = end === "error" || call.shown?.isError;
  if (hasFailed) record.failure ??= logFailure(called, pipeline);
  else if (end === "complete") record.model = logModelOf(called, pipeline);
}

function logModelOf({ call, self, root }: Called, pipeline: Pipeline): Origin {
  const { options } = pipeline;
  const around = call.destination?.run;
  const target = around ?? openOwnRun(call, tagsOf(root, pipeline), pipeline);
  if (around) tagRun(around, tagsOf(root, pipeline));
  const shown = () => {
    // What a trace policy keeps out of the trace is no example and no signature of the model either.
    if (root.policy || (call.hasPolicy && root.runId === undefined)) {
      return { input: undefined, output: undefined };
    }
    pipeline.redact(call);
    // A model's span tells of choices; a graph's stream, of steps.
    const isChain = root.spanType === SpanType.CHAIN;
    return { input: call.shown?.input, output: isChain ? root.outputs : call.shown?.output };
  };
  const bytes = (call.shown?.characters ?? 0) * 2;
  const model = new ObjectModel({ object: self, shown, bytes }, target, { ...options });
  model.put();
  if (!around) putEnd(target, RunStatus.FINISHED);
  return model;
}

/** In a run of the app's that is the app's own affair. */
function logFailure({ call, root }: Called, pipeline: Pipeline): Origin | undefined {
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
  await target.made().catch(() => {});
}

/** The tags of the options as the user's `redact` wants them to be stored. */
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

/** What MLflow itself says of a run stays. */
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
    `autolog() logs no model of the retriever ${name}: its documents are not in it. Make it in a file that calls mlflow.models.setModel(), and log that: mlflow.langchain.logModel({ lcModel: "retriever.mjs" }).`,
  );
  return true;
}
