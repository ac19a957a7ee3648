import { createRequire } from "node:module";
import type * as start from "./autolog/start.js";
import { guard, warnOnce } from "./base/log.js";
import {
  checkLater,
  isWatchingCopies,
  stopWatchingCopies,
  watchCopies,
} from "./langchain/patch/copies.js";
import { canSeeImports } from "./langchain/patch/load-hook.js";
import type * as untraced from "./langchain/patch/untraced.js";

/** The default of the option `flushIntervalMs`. */
const CHECK_MS = 1000;

const load = createRequire(__filename);

// The preload: `node --import langchain-mlflow/register app.js`. With NODE_OPTIONS it also runs in npm and tsc, so it
// only watches for LangChain and loads the rest, a separate file, when LangChain is loaded. It is CommonJS because
// `require` loads that file synchronously, before the app uses LangChain's classes.
if (!isWatchingCopies()) {
  watchCopies(startWithLangChain);
  checkLater(guard("the check for untraced calls", warnOfBundle), CHECK_MS);
  if (!canSeeImports()) {
    warnOnce(
      "no import hook",
      "ES modules are not traced: this runtime does not support module.register(). Call autolog() in your code.",
    );
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

/** Warns if LangChain runs and was not found: a bundle contains it. */
function warnOfBundle(): void {
  if (!isWatchingCopies()) return;
  const { warnIfUntraced } = load("./untraced.cjs") as typeof untraced;
  warnIfUntraced(() => {
    // Reads the options: they may turn tracing or warnings off.
    startWithLangChain();
    return isWatchingCopies();
  });
}
