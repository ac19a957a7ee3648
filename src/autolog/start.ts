import { setSilent, warnOnce } from "../base/log.js";
import { addCopy, type Copy, stopWatchingCopies, watchCopies } from "../langchain/patch/copies.js";
import type { CoreClasses } from "../langchain/patch/patch-core.js";
import {
  coreVersionAt,
  coreVersionOfApp,
  isSupportedCore,
  SUPPORTED_CORE,
} from "../langchain/patch/versions.js";
import { getPipeline } from "../recording/pipeline.js";
import type { AutologOptions } from "../settings/options.js";
import { resolveOptions } from "../settings/options.js";
import { isRuntimeSupported } from "./runtime.js";
import { getState } from "./state.js";

export interface StartEffects {
  /** The copy of core the caller runs on. */
  readonly ownCopy?: CoreClasses;
  /** A wrong environment variable is told, and its default used, where it would else throw. */
  readonly isLenient?: boolean;
}

/** Switches autolog on with these options, or off; see `autolog()`. */
export function startAutolog(
  requested: Partial<AutologOptions>,
  { ownCopy, isLenient = false }: StartEffects = {},
): void {
  const wrong: string[] = [];
  const onBadVariable = isLenient ? (message: string) => wrong.push(message) : undefined;
  const options = resolveOptions(requested, undefined, onBadVariable);
  if (isLenient) setSilent(options.silent);
  for (const message of wrong) warnOnce(message, message);
  if (!isRuntimeSupported()) return;
  if (options.disable) stop(options);
  else start(options, ownCopy);
}

function start(options: AutologOptions, ownCopy: CoreClasses | undefined): void {
  const pipeline = getPipeline();
  // A wrong tracking URI in the environment is the developer's to know at once.
  pipeline.tracking.refresh();
  pipeline.tracking.current();
  pipeline.configure(options);
  setSilent(options.silent);
  getState().isOn = true;
  watchCopies(meet);
  if (ownCopy) addCopy(ownCopy);
}

/** A copy of core was found: patched, unless its version is one to stay away from. */
function meet({ classes, path }: Copy): void {
  const { patcher } = getState();
  const version = path === undefined ? coreVersionOfApp() : coreVersionAt(path);
  if (version !== undefined && !isSupportedCore(version)) {
    const { disableForUnsupportedVersions: isOff } = getPipeline().options;
    const what = isOff ? "it is not traced" : "tracing it may fail";
    warnOnce(
      `version ${version} ${isOff}`,
      `@langchain/core ${version} is not one of the versions this package was tested with (${SUPPORTED_CORE}): ${what}.`,
    );
    if (isOff) return;
  }
  patcher.patch(classes);
}

/** What the app still gives to calls itself, tracers and handlers, has no options of the earlier call any more. */
function stop(options: AutologOptions): void {
  const { patcher } = getState();
  getState().isOn = false;
  getPipeline().configure(options);
  setSilent(options.silent);
  stopWatchingCopies();
  patcher.undo();
}
