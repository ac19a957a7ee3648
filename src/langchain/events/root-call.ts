import type { CalledRoot } from "../../recording/called-root.js";
import type { RootCall } from "../../trace/should-trace.js";
import { describeRunnable, type Live } from "./read.js";
import { isDictionary } from "./values.js";

/** Further bindings are not followed: an app could bind an object to itself. */
const MAX_BINDINGS = 20;

/** Whether the metadata of a call says `tracingEnabled: false`. */
export function isTracingDisabled(metadata: unknown): boolean {
  return (metadata as { tracingEnabled?: unknown } | undefined | null)?.tracingEnabled === false;
}

/**
 * Whether the app excludes this call: `tracingEnabled: false` is in the metadata of its config, of `withConfig()` or of the
 * called object.
 */
export function isExcluded(self: object, config: unknown): boolean {
  try {
    if (isTracingDisabled((config as Live | undefined | null)?.metadata)) return true;
    if (isTracingDisabled((self as Live).metadata)) return true;
    return hasOwnConfig(self) && ownConfigs(self).some((own) => isTracingDisabled(own.metadata));
  } catch {
    // A getter of the app threw.
    return false;
  }
}

/** Whether `withConfig()` keeps its config in this object: a binding or a graph. */
function hasOwnConfig(step: object): step is Live {
  const { bound, lg_is_pregel: isGraph } = step as Live;
  return bound !== undefined || isGraph === true;
}

/** The configs of `withConfig()`, from the outermost. */
function ownConfigs(self: object): readonly Live[] {
  const configs: Live[] = [];
  let step: unknown = self;
  for (let depth = 0; depth < MAX_BINDINGS && isDictionary(step) && hasOwnConfig(step); depth++) {
    if (isDictionary(step.config)) configs.push(step.config);
    step = step.bound;
  }
  return configs;
}

/** What a filter receives of a root call. */
export function describeRootCall({ self, input, config }: CalledRoot): RootCall {
  const configs = [config, ...(self ? ownConfigs(self) : [])].filter(isDictionary);
  const named = configs.find(({ runName }) => typeof runName === "string")?.runName;
  return {
    name: (named as string | undefined) ?? (self ? describeRunnable(innermost(self)).name : ""),
    // A filter that reads a stream would take its chunks from the app.
    input: isStream(input) ? undefined : input,
    // The outermost config has priority, as in LangChain.
    metadata: Object.assign({}, ...configs.map(({ metadata }) => metadata).reverse()),
  };
}

function isStream(input: unknown): boolean {
  return typeof input === "object" && input !== null && Symbol.asyncIterator in input;
}

/** The object that a chain of bindings binds: the run of a call has its name. */
function innermost(self: object): object {
  let object = self;
  for (let depth = 0; depth < MAX_BINDINGS && "bound" in object; depth++) {
    if (typeof object.bound !== "object" || object.bound === null) break;
    object = object.bound;
  }
  return object;
}
