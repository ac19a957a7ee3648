import { cleanLinesWith, setSilent } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { OpenRuns } from "../context/open-runs.js";
import type { Plain } from "../data/plain.js";
import { withoutKeys } from "../data/secret-texts.js";
import { createDelivery, type Delivery } from "../delivery/delivery.js";
import { Losses } from "../delivery/losses.js";
import { Tracking } from "../delivery/tracking.js";
import { type AutologOptions, resolveOptions } from "../settings/options.js";
import { queueTimeoutOf } from "../settings/queue-timeout.js";
import type { TraceEdits } from "../store/store.js";
import { type DescribeError, describeError } from "../trace/exception.js";
import { type RedactContext, redactValue } from "../trace/redact.js";
import type { Call, Scope } from "./call.js";
import { createCallEdits } from "./call-edits.js";
import { withOurOtelSpan } from "./otel-context.js";
import { createRecording, type Recording } from "./recording.js";
import { redactCall } from "./redact-call.js";
import { setAroundScopes } from "./scopes.js";

/** Everything between a LangChain event and a store. Each process has one. */
export interface Pipeline
  extends Pick<
    Delivery,
    | "keepAlive"
    | "putRunJob"
    | "flush"
    | "holdsTrace"
    | "delayOf"
    | "stats"
    | "watchProcessEnd"
    | "addWorkToStop"
  > {
  readonly options: AutologOptions;
  readonly tracking: Tracking;
  readonly losses: Losses["counts"];
  readonly describeError: DescribeError;
  /** Runs that were started in this process and are not ended: the end of the process ends them. */
  readonly openRuns: OpenRuns;
  /** The id of the trace that was completed last. */
  readonly lastTraceId: string | undefined;
  /** The number of traces that were completed. */
  readonly traceCount: number;
  /** Changes of a trace that is not complete, or is held. Undefined for every other trace. */
  openTrace(traceId: string): TraceEdits | undefined;
  /** Replaces all options. With `readAgain`, {@link settleOptions} replaces them once more. */
  configure(options: AutologOptions, readAgain?: () => AutologOptions): void;
  /**
   * Reads the environment before the first trace or tracking call needs an option. The app may set variables after it
   * has called `autolog()`, or after the preload, for example with `process.loadEnvFile()`.
   */
  settleOptions(): void;
  /** Applies the user's `redact` to a value outside of any trace. */
  redactValue(value: Plain, context: RedactContext): Plain;
  /** Applies the user's `redact` to a sealed Call, unless that is done. */
  redactCall(call: Call): void;
  /** The recording of traces. The first read builds it. */
  readonly recording: Recording;
}

// At load, since arguments are checked, and refused with a warning, before the pipeline is built.
cleanLinesWith(withoutKeys);

/** The pipeline of this process. The first call builds it. */
export function getPipeline(): Pipeline {
  return shared("pipeline", createPipeline);
}

/** The file to read first. A span ends in the collector, its Call waits in the queue, the store receives the trace. */
function createPipeline(): Pipeline {
  // One object for all readers, changed in place by `configure()`. Without autolog() the environment applies as well;
  // only autolog() reports wrong variables.
  const fromEnvironment = () => resolveOptions({}, undefined, () => {});
  const options: AutologOptions = fromEnvironment();
  let recording: Recording | undefined;
  const apply = () => {
    setSilent(options.silent);
    setAroundScopes(options.otelContext ? inOtelContext : undefined);
  };
  const here = () => recording?.collector.byHand.active();
  // Code that is not recorded keeps the app's own span.
  const inOtelContext = <T>(scope: Scope, fn: () => T) =>
    scope.call?.sampled === false ? fn() : withOurOtelSpan(here, fn);
  let readAgain: (() => AutologOptions) | undefined = fromEnvironment;
  apply();
  const configure = (next: AutologOptions) => {
    Object.assign(options, next);
    apply();
  };
  const settleOptions = () => {
    const read = readAgain;
    readAgain = undefined;
    if (read) configure(read());
  };
  const losses = new Losses();
  const tracking = new Tracking({
    onShed: (count) => losses.report("source_shed", count),
    onShortened: (count) => losses.report("shortened", count),
    queueTimeoutMs: () => queueTimeoutOf(options),
    onFirstUse: settleOptions,
  });
  const openRuns = new OpenRuns(() => delivery.watchProcessEnd());
  const delivery = createDelivery(options, tracking, losses, {
    get size() {
      return (recording?.collector.openCalls ?? 0) + (recording?.held.size ?? 0) + openRuns.size;
    },
    sealSettled: () => recording?.collector.sealSettled(),
    endAll: (isIdle) => {
      recording?.collector.sealAll(isIdle);
      recording?.held.endAll();
      openRuns.endAll();
    },
  });
  const describeThrown: DescribeError = (thrown) => describeError(thrown, options.redactSecrets);

  return {
    ...{ options, tracking, openRuns },
    losses: losses.counts,
    keepAlive: delivery.keepAlive,
    putRunJob: delivery.putRunJob,
    flush: delivery.flush,
    watchProcessEnd: delivery.watchProcessEnd,
    addWorkToStop: delivery.addWorkToStop,
    holdsTrace: delivery.holdsTrace,
    delayOf: delivery.delayOf,
    stats: delivery.stats,
    openTrace: (traceId) => {
      const call = recording?.collector.findCall(traceId) ?? recording?.held.find(traceId);
      return call && createCallEdits(call);
    },
    describeError: describeThrown,
    get lastTraceId() {
      return recording?.collector.lastTraceId;
    },
    get traceCount() {
      return recording?.collector.traceCount ?? 0;
    },
    configure: (next, again) => {
      configure(next);
      readAgain = again;
    },
    settleOptions,
    redactValue: (value, context) => {
      const { redact } = options;
      return redact ? redactValue(redact, value, context, losses.reportRedaction) : value;
    },
    redactCall: (call) => redactCall(call, losses.reportRedaction),
    get recording() {
      recording ??= createRecording({
        ...{ options, tracking, losses, delivery },
        describeError: describeThrown,
      });
      return recording;
    },
  };
}
