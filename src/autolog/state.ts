import { shared } from "../base/process-state.js";
import { currentRun } from "../context/active-runs.js";
import { createHandler, HANDLER_BRAND } from "../langchain/events/handler.js";
import { describeRunnable, readLangChain } from "../langchain/events/read.js";
import type { RecorderEffects } from "../langchain/events/recorder.js";
import { CorePatcher } from "../langchain/patch/patch-core.js";
import { createTeller } from "../langchain/streams/untold-streams.js";
import { getPipeline } from "../recording/pipeline.js";
import type { Recording } from "../recording/recording.js";
import { createInstances, currentScope } from "../recording/scopes.js";
import { createModelLogger } from "./model-logger.js";
import { logsModels } from "./object-model.js";

/** What autolog keeps in a process: the patches, and whether they record. */
export interface AutologState {
  readonly patcher: CorePatcher;
  isOn: boolean;
  /** What a handler of ours needs, autolog's or one the app made. */
  readonly recorderEffects: RecorderEffects;
  readonly recording: Recording;
}

export function getState(): AutologState {
  return shared("autolog", createState);
}

function createState(): AutologState {
  const pipeline = getPipeline();
  const recording = pipeline.startRecording({
    readInstance: readLangChain,
    describe: describeRunnable,
    observer: createModelLogger(pipeline),
  });
  const instances = createInstances(currentScope);
  const recorderEffects: RecorderEffects = {
    ...recording,
    here: currentScope,
    describeError: pipeline.describeError,
    instanceOf: instances.of,
  };
  const handler = createHandler(recorderEffects);
  const state: AutologState = {
    patcher: new CorePatcher({
      collector: recording.collector,
      handler,
      instances,
      tellStream: createTeller(handler),
      isOurs: (candidate) =>
        typeof candidate === "object" && candidate !== null && HANDLER_BRAND in candidate,
      isOn: () =>
        state.isOn &&
        (pipeline.options.logTraces || logsModels(pipeline.options)) &&
        !(pipeline.options.exclusive && currentRun() !== undefined),
    }),
    isOn: false,
    recorderEffects,
    recording,
  };
  return state;
}
