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
import { type AutologOptions, resolveOptions } from "../settings/options.js";
import { getState, isRuntimeSupported } from "./state.js";

export interface StartEffects {
  /** The copy of core the caller runs on. */
  readonly ownCopy?: CoreClasses;
  /** A wrong environment variable logs a warning and its default applies. Otherwise it throws. */
  readonly isLenient?: boolean;
}

/** Switches autolog on or off, with these options. See `autolog()`. */
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
  // Throws for a wrong tracking URI in the environment.
  pipeline.tracking.refresh();
  pipeline.tracking.current();
  pipeline.configure(options);
  setSilent(options.silent);
  getState().isOn = true;
  watchCopies(patchCopy);
  if (ownCopy) addCopy(ownCopy);
}

/** Patches a copy of core, unless its version is not supported and the options exclude such versions. */
function patchCopy({ classes, path }: Copy): void {
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

/** Also resets the options, which apply to tracers and handlers that the app still passes to its calls. */
function stop(options: AutologOptions): void {
  const { patcher } = getState();
  getState().isOn = false;
  getPipeline().configure(options);
  setSilent(options.silent);
  stopWatchingCopies();
  patcher.undo();
}
