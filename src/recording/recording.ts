import { AsyncLocalStorage } from "node:async_hooks";
import { activeModelId } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import { createSnapshot, type Snapshot } from "../data/snapshot.js";
import type { Delivery } from "../delivery/delivery.js";
import type { Losses } from "../delivery/losses.js";
import type { Tracking } from "../delivery/tracking.js";
import type { AutologOptions } from "../settings/options.js";
import type { DescribeError } from "../trace/exception.js";
import { passesFilter } from "../trace/should-trace.js";
import { TraceMetadataKey } from "../trace/trace.js";
import type { Call } from "./call.js";
import type { CalledRoot } from "./called-root.js";
import { Collector } from "./collector.js";
import { runExcluded } from "./excluded.js";
import { HeldTraces } from "./held-traces.js";
import { getReaders, type Readers } from "./readers.js";
import { bytesOfCall, createJobs } from "./trace-job.js";
import { tracingContext } from "./tracing-context.js";

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
  readonly held: HeldTraces;
  readonly snapshot: Snapshot;
  /** Whether each token of a stream is recorded as an event, and not only the first one. */
  readonly logsTokenEvents: () => boolean;
}

export function createRecording(effects: RecordingEffects): Recording {
  const { options, tracking, losses, delivery, describeError } = effects;
  const readers = getReaders();
  const snapshot = createSnapshot(
    () => options,
    (value, redactsSecrets) => readers.readInstance(value, redactsSecrets),
  );
  const { jobOf, read } = createJobs(options, losses);
  const send = (call: Call) => {
    if (call.destination) delivery.putTrace(jobOf(call, call.destination));
  };
  const whenRoom = (call: Call, put: () => void) => delivery.putWhenRoom(bytesOfCall(call), put);
  const held = new HeldTraces({ read, send, whenRoom });
  // Otherwise a timer would keep, and run in, the async context of the call that started it.
  const detached = AsyncLocalStorage.snapshot();
  const collector = new Collector({
    ...{ snapshot, describeError },
    describe: (...args) => readers.describe(...args),
    describeOwnSpan: (...args) => readers.describeOwnSpan(...args),
    readPause: (thrown) => readers.readPause(thrown),
    enclosingRunId: () => readers.enclosingRunId(),
    onOpened: () => delivery.watchProcessEnd(),
    onSealed: (call) => {
      readers.observer.onSealed(call);
      if (call.holder) held.hold(call, call.holder);
      else if (call.isWanted) send(call);
    },
    onDrop: (reason, count) => losses.report(reason, count),
    destination: () => currentRun()?.destination ?? tracking.current(),
    tags: () => ({ ...options.extraTags, ...tracingContext()?.tags }),
    metadata: () => ({ ...metadataOfModel(), ...tracingContext()?.metadata }),
    remoteParent: () => tracingContext()?.remoteParent,
    holder: () => tracingContext()?.holder,
    // The other process, or the holder, has decided for the whole trace.
    isTraced: (called) =>
      tracingContext()?.holder !== undefined ||
      ((tracingContext()?.remoteParent !== undefined || isSampled(options)) &&
        isWantedBy(options, called, readers)),
    maxOpenCalls: () => options.maxOpenCalls,
    traceTimeoutMs: () => options.traceTimeoutMs,
    later: (delayMs, run) => {
      const timer = detached(() => setTimeout(run, delayMs).unref());
      return () => clearTimeout(timer);
    },
    redact: () => options.redact,
    keepsMedia: () => options.extractAttachments,
    isWanted: () => options.logTraces,
    shows: (self) => readers.observer.shows(self),
  });
  return { collector, held, snapshot, logsTokenEvents: () => options.logTokenEvents };
}

function isSampled({ samplingRatio }: AutologOptions): boolean {
  return samplingRatio >= 1 || Math.random() < samplingRatio;
}

/** Asks the user's filter. */
function isWantedBy(
  { shouldTrace }: AutologOptions,
  called: CalledRoot,
  { describeRootCall }: Pick<Readers, "describeRootCall">,
): boolean {
  if (!shouldTrace) return true;
  return runExcluded(() => passesFilter(shouldTrace, () => describeRootCall(called)));
}

/** Traces contain the id of the active logged model. */
function metadataOfModel(): Readonly<Record<string, string>> {
  const modelId = activeModelId();
  return modelId === undefined ? {} : { [TraceMetadataKey.MODEL_ID]: modelId };
}
