import { setSilent, warnOnce } from "../base/log.js";
import {
  addCopy,
  type Copy,
  type NotPatched,
  stopWatchingCopies,
  watchCopies,
} from "../langchain/patch/copies.js";
import {
  coreVersionAt,
  coreVersionOfApp,
  isSupportedCore,
  rootOfCore,
  SUPPORTED_CORE,
} from "../langchain/patch/versions.js";
import { getPipeline } from "../recording/pipeline.js";
import { type AutologOptions, resolveOptions } from "../settings/options.js";
import { getState, isRuntimeSupported } from "./state.js";

export interface StartEffects {
  /** The copy of core the caller runs on. */
  readonly ownCopy?: Copy;
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

function start(options: AutologOptions, ownCopy: Copy | undefined): void {
  const pipeline = getPipeline();
  // Throws for a wrong tracking URI in the environment.
  pipeline.tracking.refresh();
  pipeline.tracking.current();
  pipeline.configure(options);
  setSilent(options.silent);
  getState().isOn = true;
  watchCopies(patchCopy);
  if (ownCopy) addCopy(ownCopy.classes, ownCopy.path);
}

/** Patches a copy of core, unless its version is not supported and the options exclude such versions. */
function patchCopy({ classes, path }: Copy): NotPatched | undefined {
  const { patcher } = getState();
  const root = path && rootOfCore(path);
  const version = root ? coreVersionAt(root) : coreVersionOfApp();
  if (version !== undefined && !isSupportedCore(version)) {
    const { disableForUnsupportedVersions: isOff } = getPipeline().options;
    const what = isOff ? "it is not traced" : "tracing it may fail";
    warnOnce(
      `version ${version} ${isOff}`,
      `@langchain/core ${version} is not one of the versions this package was tested with (${SUPPORTED_CORE}): ${what}.`,
    );
    if (isOff) {
      const reason = `version ${version} is not one of the versions this package was tested with (${SUPPORTED_CORE})`;
      return { reason, fix: "set disableForUnsupportedVersions to false" };
    }
  }
  patcher.patch(classes);
  return undefined;
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
