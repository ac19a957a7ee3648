import type { AutologOptions } from "../config/options.js";
import { resolveOptions } from "../config/resolve.js";
import { setSilent, warnOnce } from "../log.js";
import { findLoadedCopies, watchImport, watchRequire } from "../patch/copies.js";
import type { CoreClasses } from "../patch/patch-core.js";
import {
  coreVersionAt,
  coreVersionOfApp,
  isSupportedCore,
  SUPPORTED_CORE,
} from "../patch/versions.js";
import { getPipeline } from "../pipeline/pipeline.js";
import { type AutologState, getState } from "./state.js";

export interface StartEffects {
  /** Classes the caller has at hand. */
  readonly classes?: CoreClasses;
  /** Takes the complaint about a wrong environment variable; without it that throws. */
  readonly onBadVariable?: (message: string) => void;
}

/** Switches autolog on with these options, or off; see `autolog()`. */
export function startAutolog(
  requested: Partial<AutologOptions>,
  { classes, onBadVariable }: StartEffects = {},
): void {
  const options = resolveOptions(requested, process.env, onBadVariable);
  const state = getState();
  if (options.disable) {
    stop(state);
    return;
  }
  const pipeline = getPipeline();
  // A wrong tracking URI in the environment is the developer's to know at once.
  pipeline.tracking.refresh();
  pipeline.tracking.current();
  pipeline.configure(options);
  setSilent(options.silent);
  state.isOn = true;
  watch(state);
  for (const copy of state.copies) state.patcher.patch(copy);
  if (classes) meet(state, classes, coreVersionOfApp());
}

function watch(state: AutologState): void {
  const onCopy = (copy: CoreClasses, path: string) => meet(state, copy, coreVersionAt(path));
  findLoadedCopies(onCopy);
  if (state.stopWatching) return;
  const undoRequire = watchRequire(onCopy);
  const undoImport = watchImport(onCopy);
  state.stopWatching = () => {
    undoRequire();
    undoImport();
  };
}

/** A copy of core was found: patched, unless its version is one to stay away from. */
function meet(state: AutologState, copy: CoreClasses, version: string | undefined): void {
  if (version !== undefined && !isSupportedCore(version)) {
    const { disableForUnsupportedVersions } = getPipeline().options;
    const what = disableForUnsupportedVersions ? "it is not traced" : "tracing it may fail";
    warnOnce(
      `version ${version}`,
      `@langchain/core ${version} is not one of the versions this package was tested with (${SUPPORTED_CORE}): ${what}.`,
    );
    if (disableForUnsupportedVersions) return;
  }
  state.copies.add(copy);
  if (state.isOn) state.patcher.patch(copy);
}

function stop(state: AutologState): void {
  state.isOn = false;
  state.stopWatching?.();
  state.stopWatching = undefined;
  state.patcher.undo();
}
