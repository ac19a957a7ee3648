import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as start from "./autolog/start.js";
import { guard, warnOnce } from "./base/log.js";
import type * as index from "./index.js";
import {
  checkLater,
  isWatchingCopies,
  stopWatchingCopies,
  watchCopies,
} from "./langchain/patch/copies.js";
import { CORE_FILE } from "./langchain/patch/core-line.js";
import type * as testRunner from "./langchain/patch/test-runner.js";
import { watchUnreached } from "./langchain/patch/unreached.js";
import type * as untraced from "./langchain/patch/untraced.js";
import { coreVersionOfApp } from "./langchain/patch/versions.js";

/** The default of the option `flushIntervalMs`. */
const CHECK_MS = 1000;

const load = createRequire(__filename);

// The preload: `node --import langchain-mlflow/register app.js`. With NODE_OPTIONS it also runs in npm and tsc, so it
// only watches for LangChain and loads the rest, a separate file, when LangChain is loaded. It is CommonJS because
// `require` loads that file synchronously, before the app uses LangChain's classes.
if (isWatchingCopies()) {
  // Another copy of this file has started.
} else if (process.versions.bun || process.versions.deno) {
  startBeforeApp();
} else {
  watchCopies(startWithLangChain);
  watchUnreached({ isTracing: () => true, onUnreached: guard("untraced call", startLate) });
  if (isInTestRunner()) guard("test runner", watchTestRunner)();
}

/** Bun and Deno call no hooks for ES modules. If the app has core, it is loaded and patched before the app runs. */
function startBeforeApp(): void {
  if (coreVersionOfApp() === undefined) return;
  try {
    const { autolog } = load("./index.js") as typeof index;
    autolog();
  } catch (cause) {
    warnOnce("register", `tracing is off: ${(cause as Error).message}`);
  }
}

/** Logs an invalid environment variable as a warning instead of throwing, because the preload must not stop the app. */
function startWithLangChain(): undefined {
  try {
    const { startAutolog } = load("./start.cjs") as typeof start;
    startAutolog({}, { isLenient: true });
  } catch (cause) {
    stopWatchingCopies();
    warnOnce("register", `tracing is off: ${(cause as Error).message}`);
  }
}

/** LangChain runs and was not seen when it was loaded: a bundle contains it, or this runtime has no hooks for imports. */
function startLate(): void {
  startWithLangChain();
  checkLater(guard("the check for untraced calls", warnOfBundle), CHECK_MS);
}

/** Warns if LangChain runs and was not found: a bundle contains it. */
function warnOfBundle(): void {
  if (!isWatchingCopies()) return;
  const { warnIfUntraced } = load("./untraced.cjs") as typeof untraced;
  warnIfUntraced(isTracing);
}

/** Reads the options, which may turn tracing or warnings off. */
function isTracing(): boolean {
  startWithLangChain();
  return isWatchingCopies();
}

/** Not by environment variables: a program that a test starts has those of the test runner too. */
function isInTestRunner(): boolean {
  return /[\\/](jest|vitest[\\/]dist[\\/]workers[\\/])/.test(process.argv[1] ?? "");
}

function watchTestRunner(): void {
  const { warnIfRunnerEvaluates } = load("./test-runner.cjs") as typeof testRunner;
  warnIfRunnerEvaluates({
    ownFolder: dirname(__filename),
    isCore: (file) => CORE_FILE.test(file),
    warn: guard("test runner", (message) => {
      if (isTracing()) warnOnce("test runner", message);
    }),
  });
}
