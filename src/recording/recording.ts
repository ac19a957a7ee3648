import { AsyncLocalStorage } from "node:async_hooks";
import { guard } from "../base/log.js";
import { activeModelId } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import { readSource } from "../context/source.js";
import { nameWithoutKeys } from "../data/secret-texts.js";
import { createSnapshot, type ReadInstance, type Snapshot } from "../data/snapshot.js";
import type { Delivery } from "../delivery/delivery.js";
import type { Destination } from "../delivery/destination.js";
import type { Losses } from "../delivery/losses.js";
import type { TraceJob } from "../delivery/send-traces.js";
import type { Tracking } from "../delivery/tracking.js";
import type { AutologOptions } from "../settings/options.js";
import type { DescribeError } from "../trace/exception.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { buildTrace } from "./build-trace.js";
import type { Call } from "./call.js";
import type { SettleEffects } from "./close-span.js";
import { Collector } from "./collector.js";
import { redactCall } from "./redact-call.js";

/** Receives complete Calls, for uses beside their trace. */
export interface CallObserver {
  /** Whether to keep what the app passes to this object, and what the object returns. */
  readonly shows: (self: object) => boolean;
  readonly onSealed: (call: Call) => void;
}

/** How to read the objects of LangChain, which this folder does not depend on. */
export interface RecordingInit
  extends Pick<SettleEffects, "describe" | "describeOwnSpan" | "readPause"> {
  readonly readInstance: ReadInstance;
  readonly observer: CallObserver;
}

export interface RecordingEffects {
  readonly options: AutologOptions;
  readonly tracking: Tracking;
  readonly losses: Losses;
  readonly delivery: Delivery;
  readonly describeError: DescribeError;
}

/** Records traces: events go into the collector, complete Calls come out and are put into the queue. */
export interface Recording {
  readonly collector: Collector;
  readonly snapshot: Snapshot;
}

export function createRecording(effects: RecordingEffects, init: RecordingInit): Recording {
  const { options, tracking, losses, delivery, describeError } = effects;
  const { describe, describeOwnSpan, readPause, observer } = init;
  const snapshot = createSnapshot(() => options, init.readInstance);
  const jobOf = createJobs(options, losses);
  // Otherwise a timer would keep, and run in, the async context of the call that started it.
  const detached = AsyncLocalStorage.snapshot();
  const collector = new Collector({
    ...{ snapshot, describe, describeOwnSpan, readPause, describeError },
    onOpened: () => delivery.watchProcessEnd(),
    onSealed: (call) => {
      observer.onSealed(call);
      if (call.isWanted && call.destination) delivery.putTrace(jobOf(call, call.destination));
    },
    onDrop: (reason, count) => losses.report(reason, count),
    destination: () => currentRun()?.destination ?? tracking.current(),
    tags: () => options.extraTags,
    metadata: metadataOfModel,
    isSampled: () => options.samplingRatio >= 1 || Math.random() < options.samplingRatio,
    maxOpenCalls: () => options.maxOpenCalls,
    traceTimeoutMs: () => options.traceTimeoutMs,
    later: (delayMs, run) => {
      const timer = detached(() => setTimeout(run, delayMs).unref());
      return () => clearTimeout(timer);
    },
    redact: () => options.redact,
    isWanted: () => options.logTraces,
    shows: observer.shows,
  });
  return { collector, snapshot };
}

/** Traces contain the id of the active logged model. */
function metadataOfModel(): Readonly<Record<string, string>> {
  const modelId = activeModelId();
  return modelId === undefined ? {} : { [TraceMetadataKey.MODEL_ID]: modelId };
}

/** Memory of a span, besides its characters. */
const BYTES_PER_SPAN = 600;

/** Returns a function that makes a job of a sealed Call. The trace is built when the job is sent. */
function createJobs(options: AutologOptions, losses: Losses) {
  let source: Readonly<Record<string, string>> | undefined;
  const sourceOfProcess = () => {
    source ??= guard("source", readSource)() ?? {};
    return source;
  };
  return (call: Call, destination: Destination): TraceJob => ({
    traceId: call.traceId,
    destination,
    bytes: call.characters * 2 + call.spans.length * BYTES_PER_SPAN,
    ready: async () => call.origin?.known(),
    toTrace: (experimentId, runId) => {
      redactCall(call, losses.reportRedaction);
      const run = runId === undefined ? {} : { [TraceMetadataKey.SOURCE_RUN]: runId };
      Object.assign(call.metadata, call.origin?.metadata(), run);
      const nameOf = options.redactSecrets ? nameWithoutKeys : (name: string) => name;
      return buildTrace(call, experimentId, sourceOfProcess(), nameOf);
    },
  });
}
