import { AsyncLocalStorage } from "node:async_hooks";
import { warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { currentRun } from "../context/active-runs.js";
import { enclosingRunId } from "../langchain/events/enclosing-run.js";
import { createListeners, HANDLER_BRAND, TracingHandler } from "../langchain/events/handler.js";
import { describeOwnSpan } from "../langchain/events/own-span-facts.js";
import { describeRunnable, readLangChain } from "../langchain/events/read.js";
import { type RecorderEffects, readPause } from "../langchain/events/recorder.js";
import { describeRootCall } from "../langchain/events/root-call.js";
import { CorePatcher } from "../langchain/patch/patch-core.js";
import type { Undo } from "../langchain/patch/wrap.js";
import { createStreamRecorder } from "../langchain/streams/model-stream-recorder.js";
import { getPipeline } from "../recording/pipeline.js";
import { setReaders } from "../recording/readers.js";
import type { Recording } from "../recording/recording.js";
import { createInstances, currentScope } from "../recording/scopes.js";
import { createModelLogger } from "./model-logger.js";
import { logsModels } from "./object-model.js";

/** The state of autolog in this process: the patches, and whether they record. */
export interface AutologState {
  readonly patcher: CorePatcher;
  isOn: boolean;
  /** Called at the first call after a start: the app may set environment variables before it. */
  beforeFirstCall: (() => void) | undefined;
  /** Undoes `watchUnreached`. */
  unwatchStorage: Undo | undefined;
  /** Undoes `watchWorkers`. */
  unwatchWorkers?: Undo | undefined;
  /** Used by all handlers of ours, those of the app included. */
  readonly recorderEffects: RecorderEffects;
  readonly recording: Recording;
}

// At load, since spans by hand record LangChain's objects too, with or without autolog.
setReaders({
  readInstance: readLangChain,
  describe: describeRunnable,
  describeOwnSpan,
  readPause,
  enclosingRunId,
  describeRootCall,
});

export function getState(): AutologState {
  return shared("autolog", createState);
}

function createState(): AutologState {
  const pipeline = getPipeline();
  setReaders({ observer: createModelLogger(pipeline) });
  const { recording } = pipeline;
  const instances = createInstances(currentScope);
  const recorderEffects: RecorderEffects = {
    ...recording,
    here: currentScope,
    describeError: pipeline.describeError,
    instanceOf: instances.of,
  };
  const listeners = createListeners(recorderEffects);
  const state: AutologState = {
    patcher: new CorePatcher({
      collector: recording.collector,
      handler: new TracingHandler(listeners),
      listeners,
      instances,
      recordModelStream: createStreamRecorder(listeners),
      isOurs: (candidate) =>
        typeof candidate === "object" && candidate !== null && HANDLER_BRAND in candidate,
      isOn: () =>
        isPrepared(state) &&
        (pipeline.options.logTraces || logsModels(pipeline.options)) &&
        !(pipeline.options.exclusive && currentRun() !== undefined),
    }),
    isOn: false,
    beforeFirstCall: undefined,
    unwatchStorage: undefined,
    recorderEffects,
    recording,
  };
  return state;
}

/** Whether autolog is on. The first call of the app may switch it off. */
function isPrepared(state: AutologState): boolean {
  if (state.isOn) state.beforeFirstCall?.();
  return state.isOn;
}

/** The functions that tracing requires. Browsers and edge runtimes may lack them. */
const REQUIRED: Readonly<Record<string, () => unknown>> = {
  "AsyncLocalStorage.snapshot": () => AsyncLocalStorage.snapshot,
  "AsyncLocalStorage.run": () => AsyncLocalStorage.prototype.run,
  "process.on": () => process.on,
};

/** True on every supported Node.js. Otherwise logs a warning, once, that names what is missing. */
export function isRuntimeSupported(): boolean {
  const missing = Object.keys(REQUIRED).filter((name) => !isFunction(REQUIRED[name]));
  if (missing.length === 0) return true;
  warnOnce("runtime", `tracing is off: this runtime has no ${missing.join(", no ")}.`);
  return false;
}

function isFunction(read: (() => unknown) | undefined): boolean {
  try {
    return typeof read?.() === "function";
  } catch {
    return false;
  }
}
