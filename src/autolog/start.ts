import { isMainThread } from "node:worker_threads";
import { messageOf } from "../base/errors.js";
import { guard, setSilent, warnOnce } from "../base/log.js";
import { isInJestFile } from "../delivery/test-file.js";
import { copiesOfApp } from "../langchain/patch/app-copies.js";
import {
  addCopy,
  type Copy,
  checkLater,
  foundModules,
  isWatchingCopies,
  type NotPatched,
  stopWatchingCopies,
  watchCopies,
} from "../langchain/patch/copies.js";
import type { CoreClasses } from "../langchain/patch/core-classes.js";
import { loadCopy } from "../langchain/patch/load-copy.js";
import { readModules } from "../langchain/patch/modules.js";
import { isVitestWorker } from "../langchain/patch/test-runner.js";
import { unreachedFiles, watchUnreached } from "../langchain/patch/unreached.js";
import { isFound, warnIfUntraced } from "../langchain/patch/untraced.js";
import { addWorker, warnOfWorkers } from "../langchain/patch/untraced-workers.js";
import {
  coreVersionAt,
  coreVersionOfApp,
  isSupportedCore,
  rootOfCore,
  SUPPORTED_CORE,
} from "../langchain/patch/versions.js";
import { watchWorkers } from "../langchain/patch/worker-threads.js";
import { getPipeline } from "../recording/pipeline.js";
import { type AutologOptions, OPTION_NAMES, resolveOptions } from "../settings/options.js";
import { getState, isRuntimeSupported } from "./state.js";

export interface StartEffects {
  /** The copy of core the caller runs on. */
  readonly ownCopy?: { readonly classes: CoreClasses; readonly path: string | undefined };
  /** A wrong environment variable logs a warning at the first call and its default applies. Otherwise it throws. */
  readonly isLenient?: boolean;
}

/** Switches autolog on or off, with these options. See `autolog()`. */
export function startAutolog(
  requested: Partial<AutologOptions>,
  { ownCopy, isLenient = false }: StartEffects = {},
): void {
  // The preload reports wrong variables at the first call: until then, the app may set others.
  const options = resolveOptions(requested, undefined, isLenient ? () => {} : undefined);
  if (!isRuntimeSupported()) return;
  const modules = readModules(options.modules);
  if (options.disable) {
    stop(options);
    return;
  }
  if (!isLenient) {
    // Throws for a wrong tracking URI in the environment.
    getPipeline().tracking.refresh();
    getPipeline().tracking.uri();
  }
  const given = OPTION_NAMES.filter((name) => requested[name] !== undefined);
  const inCode = Object.fromEntries(given.map((name) => [name, options[name]]));
  start(options, modules, ownCopy, () => ({ ...readEnvironment(), ...inCode }), isLenient);
}

function readEnvironment(): AutologOptions {
  const wrong: string[] = [];
  const options = resolveOptions({}, undefined, (message) => wrong.push(message));
  setSilent(options.silent);
  for (const message of wrong) warnOnce(message, message);
  return options;
}

function start(
  options: AutologOptions,
  modules: readonly CoreClasses[],
  ownCopy: StartEffects["ownCopy"],
  readAgain: () => AutologOptions,
  isPreload: boolean,
): void {
  const pipeline = getPipeline();
  const state = getState();
  pipeline.configure(options, readAgain);
  state.isOn = true;
  state.beforeFirstCall = guard("the first call", () => {
    state.beforeFirstCall = undefined;
    prepare();
    if (isPreload && state.isOn) warnOfVitestThread();
  });
  watchCopies(patchCopy);
  if (ownCopy) addCopy(ownCopy.classes, ownCopy.path);
  for (const module of modules) addCopy(module);
  // A bundle contains its copy.
  if (ownCopy?.path && rootOfCore(ownCopy.path)) guard("copies of the app", reachCopiesOfApp)();
  guard("watching untraced calls", watchUntraced)(options, isPreload);
  // Later may be too late: see `onTestFileEnd()`.
  if (isInJestFile()) pipeline.watchProcessEnd();
}

/** Patches the copies that the app has imported. The preload does not need this: it observes each import. */
function reachCopiesOfApp(): void {
  const known = foundModules().map(({ path }) => path && rootOfCore(path));
  for (const root of copiesOfApp(process.argv[1], process.cwd())) {
    if (known.includes(root)) continue;
    loadCopy(root, addIfWatching);
  }
}

/** Warns if a call of LangChain is made in a copy that is not patched. */
function watchUntraced({ flushIntervalMs }: AutologOptions, isPreload: boolean): void {
  const state = getState();
  const check = guard("the check for untraced calls", () => {
    warnIfUntraced(() => state.isOn);
    if (state.isOn) warnOfWorkers();
  });
  checkLater(check, flushIntervalMs);
  for (const file of unreachedFiles()) reachCopy(file);
  state.unwatchStorage?.();
  state.unwatchStorage = watchUnreached({
    isTracing: () => state.patcher.isRecording(),
    onUnreached: (file) => {
      reachCopy(file);
      checkLater(check, flushIntervalMs);
    },
  });
  // Worker threads load the preload too.
  if (isPreload) return;
  state.unwatchWorkers ??= watchWorkers((file) => {
    addWorker(file);
    checkLater(check, flushIntervalMs);
  });
}

/**
 * Patches a copy that runs a call and was imported before, when nothing observed it. The call that has just started is
 * recorded too.
 */
function reachCopy(file: string): void {
  const root = rootOfCore(file);
  // A module that another loader has loaded, or with a query, would be loaded a second time.
  if (root === undefined || !/^file:[^?#]*$/.test(file) || isFound(file)) return;
  loadCopy(root, addIfWatching);
}

function addIfWatching(classes: CoreClasses, path: string): void {
  if (isWatchingCopies()) addCopy(classes, path);
}

/** Reads the environment again at the first call, and stops tracing if it says so or names no valid store. */
function prepare(): void {
  const pipeline = getPipeline();
  try {
    pipeline.settleOptions();
    if (pipeline.options.disable) stop(pipeline.options);
    else pipeline.tracking.current();
  } catch (cause) {
    stop(pipeline.options);
    warnOnce("tracing is off", `tracing is off: ${messageOf(cause)}`);
  }
}

/** Without its set-up file, only the preload has started autolog. */
function warnOfVitestThread(): void {
  if (isMainThread || !isVitestWorker()) return;
  warnOnce(
    "vitest thread",
    "vitest ends its worker threads without waiting for unsent traces, which are lost: add langchain-mlflow/vitest to setupFiles.",
  );
}

/** Patches a copy of core, unless its version is not supported and the options exclude such versions. */
function patchCopy({ classes, path, version: known }: Copy): NotPatched | undefined {
  const { patcher } = getState();
  const root = path && rootOfCore(path);
  const version = known ?? (root ? coreVersionAt(root) : coreVersionOfApp());
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
  getPipeline().configure({ ...options });
  stopWatchingCopies();
  getState().unwatchStorage?.();
  getState().unwatchStorage = undefined;
  getState().unwatchWorkers?.();
  getState().unwatchWorkers = undefined;
  patcher.undo();
}
