import { createRequire } from "node:module";
import type * as start from "./autolog/start.js";
import { warnOnce } from "./base/log.js";
import { isWatchingCopies, stopWatchingCopies, watchCopies } from "./langchain/patch/copies.js";
import { canSeeImports } from "./langchain/patch/load-hook.js";

// The preload: `node --import langchain-mlflow/register app.js`. With NODE_OPTIONS it also runs in npm and tsc, so it
// only watches for LangChain and loads the rest, a separate file, when LangChain is loaded. It is CommonJS because
// `require` loads that file synchronously, before the app uses LangChain's classes.
if (!isWatchingCopies()) {
  watchCopies(startWithLangChain);
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
    const { startAutolog } = createRequire(__filename)("./start.cjs") as typeof start;
    startAutolog({}, { isLenient: true });
  } catch (cause) {
    stopWatchingCopies();
    warnOnce("register", `tracing is off: ${(cause as Error).message}`);
  }
}
