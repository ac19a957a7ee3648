import { AsyncLocalStorage } from "node:async_hooks";
import { cleanLinesWith, debug, guard, setSilent, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { activeModelId } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import { OpenRuns } from "../context/open-runs.js";
import { readSource } from "../context/source.js";
import type { Plain } from "../data/plain.js";
import { nameWithoutKeys, withoutKeys } from "../data/secret-texts.js";
import { createSnapshot, nameOfClass, type ReadInstance, type Snapshot } from "../data/snapshot.js";
import { type Destination, Tracking } from "../delivery/destination.js";
import { onProcessEnd } from "../delivery/exit.js";
import { type FlushCounts, NOTHING_SETTLED } from "../delivery/flush.js";
import { holdUntil } from "../delivery/hold.js";
import { createJobQueue, type JobQueueEffects } from "../delivery/job-queue.js";
import { KeepAlive } from "../delivery/keep-alive.js";
import { createProcessEnd, type ProcessEnd } from "../delivery/process-end.js";
import type { DropReason } from "../delivery/queue.js";
import type { RunJob } from "../delivery/run-job.js";
import type { TraceJob } from "../delivery/trace-job.js";
import type { AutologOptions } from "../settings/options.js";
import { resolveOptions } from "../settings/options.js";
import { type DescribeError, describeError } from "../trace/exception.js";
import {
  type OnRedactionFailed,
  REDACTION_FAILED,
  type RedactContext,
  redactValue,
} from "../trace/redact.js";
import { SpanType } from "../trace/span.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { buildTrace } from "./build-trace.js";
import type { Call } from "./call.js";
import { Collector } from "./collector.js";
import { redactCall } from "./redact-call.js";
import type { Describe } from "./settle.js";

/** Fixed costs of a span in memory, besides its characters. */
const BYTES_PER_SPAN = 600;

/** Why a trace or a part of one is missing: every loss is counted under one of these. */
export type LossReason =
  | DropReason
  | "late_span"
  | "open_calls"
  | "source_shed"
  /** A value the user's `redact` failed at. */
  | "redaction_failed";

/** Losses that leave the trace in place: counted, not told. */
const PARTIAL: ReadonlySet<LossReason> = new Set(["late_span", "source_shed", "redaction_failed"]);

/** Somebody who wants more of a Call than its trace. */
export interface CallWatcher {
  /** Whether what this object is called with, and gives back, is to be kept for it. */
  readonly shows: (self: object) => boolean;
  readonly onSealed: (call: Call) => void;
}

/** Everything between a LangChain event and a store, one of it in a process. */
export interface Pipeline {
  readonly options: AutologOptions;
  readonly collector: Collector;
  readonly tracking: Tracking;
  readonly snapshot: Snapshot;
  readonly describeError: DescribeError;
  readonly losses: Readonly<Partial<Record<LossReason, number>>>;
  /** New options replace all of the earlier ones. */
  configure(options: AutologOptions): void;
  /** Teaches us what instances of a library's classes mean, and what their calls are called. */
  readWith(read: ReadInstance, describe: Describe): void;
  /** A value as the user's `redact` wants it to be stored, outside of any trace. */
  redactValue(value: Plain, context: RedactContext): Plain;
  /** What is done with Calls of the app's objects beside tracing them. */
  watchWith(watcher: CallWatcher): void;
  /** Takes out of a sealed Call what the user's function wants out of it, if that was not done yet. */
  redact(call: Call): void;
  /** Puts something to be done for a run on its way. */
  putRunJob(job: RunJob): void;
  /** Keeps the process alive while calls of the app wait for what they logged. */
  readonly keepAlive: KeepAlive;
  /** Runs that were started here and are not ended: the end of the process ends them. */
  readonly openRuns: OpenRuns;
  /** Delivers what is finished, also what only waits for stray branches. Never rejects. */
  flush(timeoutMs: number): Promise<FlushCounts>;
}

/** Traces name the logged model they are of. */
function metadataOfModel(): Readonly<Record<string, string>> {
  const modelId = activeModelId();
  return modelId === undefined ? {} : { [TraceMetadataKey.MODEL_ID]: modelId };
}

/** The pipeline of this process; the first call builds it. */
export function getPipeline(): Pipeline {
  return shared("pipeline", createPipeline);
}

/** The page to read first: a span ends in the collector, its Call waits in the queue, the store takes the trace. */
function createPipeline(): Pipeline {
  // One object that changes its content: who holds it sees the options in force.
  // Without autolog() the environment counts as well; what is wrong in it is autolog's to tell.
  const options: AutologOptions = resolveOptions({}, undefined, () => {});
  setSilent(options.silent);
  cleanLinesWith(withoutKeys);
  const losses: Partial<Record<LossReason, number>> = {};
  // A timer would else hold, and run in, the async context of whichever call started it.
  const detached = AsyncLocalStorage.snapshot();
  let readInstance: ReadInstance = () => undefined;
  let describe: Describe = (self) => ({ name: nameOfClass(self), spanType: SpanType.CHAIN });
  let watcher: CallWatcher | undefined;
  let source: Readonly<Record<string, string>> | undefined;
  const sourceOfProcess = () => {
    source ??= guard("source", readSource)() ?? {};
    return source;
  };

  const count = (reason: LossReason, lost: number) => {
    losses[reason] = (losses[reason] ?? 0) + lost;
  };
  const onDrop = (lost: number, reason: LossReason, cause?: unknown) => {
    count(reason, lost);
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    if (!PARTIAL.has(reason)) warnOnce(`drop ${reason}`, `traces are lost (${reason})${why}`);
  };
  const onRedactionFailed: OnRedactionFailed = ({ field, name, spanType }, what) => {
    onDrop(1, "redaction_failed");
    const where = [field, name, `of a ${spanType} span`].filter(Boolean).join(" ");
    warnOnce("redact", `\`redact\` ${what} (${where}): "${REDACTION_FAILED}" is stored instead.`);
  };
  const redact = (call: Call) => redactCall(call, onRedactionFailed);
  const jobOf = (call: Call, destination: Destination): TraceJob => ({
    traceId: call.traceId,
    destination,
    bytes: call.characters * 2 + call.spans.length * BYTES_PER_SPAN,
    ready: async () => call.origin?.known(),
    toTrace: (experimentId, runId) => {
      redact(call);
      const run = runId === undefined ? {} : { [TraceMetadataKey.SOURCE_RUN]: runId };
      Object.assign(call.metadata, call.origin?.metadata(), run);
      const nameOf = options.redactSecrets ? nameWithoutKeys : (name: string) => name;
      return buildTrace(call, experimentId, sourceOfProcess(), nameOf);
    },
  });
  const tracking = new Tracking((count) => onDrop(count, "source_shed"));
  const onLost: JobQueueEffects["onLost"] = (traces, runJobs, reason, cause) => {
    if (runJobs > 0) count(reason, runJobs);
    if (traces > 0) onDrop(traces, reason, cause);
  };
  // Half of the time, so that the other half is left to deliver everything at the natural end.
  const keepAlive = new KeepAlive(() => options.exitTimeoutMs / 2);
  const onRunJobStored = () => keepAlive.noteProgress();
  const queue = createJobQueue(options, { onRunJobStored, onLost });

  const snapshot = createSnapshot(
    () => options,
    (value, redactsSecrets) => readInstance(value, redactsSecrets),
  );
  const describeThrown: DescribeError = (thrown) => describeError(thrown, options.redactSecrets);
  const collector = new Collector({
    snapshot,
    describe: (self) => describe(self),
    describeError: describeThrown,
    onOpened: () => {
      onProcessEnd(end);
    },
    onSealed: (call) => {
      watcher?.onSealed(call);
      if (call.isWanted && call.destination) queue.put(jobOf(call, call.destination));
    },
    onDrop: (reason, count) => onDrop(count, reason),
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
    shows: (self) => watcher?.shows(self) ?? false,
  });

  const sealSettled = guard("sealing", () => collector.sealSettled());
  const drain = async (timeoutMs: number) => {
    if (timeoutMs > 0 && tracking.undrained() > 0) await holdUntil(tracking.drain(), timeoutMs);
  };
  const flush = async (timeoutMs: number) => {
    const startedAtMs = performance.now();
    let counts = NOTHING_SETTLED;
    try {
      sealSettled();
      counts = await queue.flush(timeoutMs);
      await drain(timeoutMs - (performance.now() - startedAtMs));
    } catch (cause) {
      debug("flushing failed: %o", cause);
    }
    return counts;
  };
  const openRuns = new OpenRuns(() => onProcessEnd(end));
  const end: ProcessEnd = createProcessEnd({
    ...{ queue, collector, openRuns, tracking, keepAlive, flush, onLost },
    exitTimeoutMs: () => options.exitTimeoutMs,
  });

  return {
    options,
    collector,
    tracking,
    snapshot,
    describeError: describeThrown,
    losses,
    keepAlive,
    openRuns,
    redactValue: (value, context) => {
      const { redact } = options;
      return redact ? redactValue(redact, value, context, onRedactionFailed) : value;
    },
    putRunJob: (job) => {
      onProcessEnd(end);
      if (end.hasGivenUp) end.spillNow([job]);
      else queue.put(job);
    },
    flush,
    configure: (next) => void Object.assign(options, next),
    readWith: (read, describeSelf) => {
      readInstance = read;
      describe = describeSelf;
    },
    watchWith: (next) => {
      watcher = next;
    },
    redact,
  };
}
