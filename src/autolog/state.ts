import { createHandler, HANDLER_BRAND } from "../callbacks/handler.js";
import { readLangChain } from "../callbacks/read.js";
import { currentScope } from "../context/scopes.js";
import { type CoreClasses, CorePatcher } from "../patch/patch-core.js";
import { getPipeline } from "../pipeline/pipeline.js";
import { shared } from "../shared.js";

/** What autolog keeps in a process: the patches, and every copy of core it has met. */
export interface AutologState {
  readonly patcher: CorePatcher;
  readonly copies: Set<CoreClasses>;
  isOn: boolean;
  /** Takes back the watching for further copies. */
  stopWatching: (() => void) | undefined;
}

export function getState(): AutologState {
  return shared("autolog", createState);
}

function createState(): AutologState {
  const pipeline = getPipeline();
  pipeline.readWith(readLangChain);
  const instances = new WeakMap<object, object>();
  const handler = createHandler({
    collector: pipeline.collector,
    here: currentScope,
    snapshot: pipeline.snapshot,
    instanceOf: (serialized) =>
      typeof serialized === "object" && serialized !== null ? instances.get(serialized) : undefined,
  });
  const state: AutologState = {
    patcher: new CorePatcher({
      collector: pipeline.collector,
      handler,
      instances,
      isOurs: (candidate) =>
        typeof candidate === "object" && candidate !== null && HANDLER_BRAND in candidate,
      isOn: () => state.isOn && pipeline.options.logTraces,
    }),
    copies: new Set(),
    isOn: false,
    stopWatching: undefined,
  };
  return state;
}
