import { createRequire } from "node:module";
import type * as start from "./autolog/start.js";
import { warnOnce } from "./base/log.js";
import { isWatchingCopies, stopWatchingCopies, watchCopies } from "./langchain/patch/copies.js";
import { canSeeImports } from "./langchain/patch/load-hook.js";

// The preload: `node --import langchain-mlflow/register app.js`. NODE_OPTIONS brings it into every
// npm and tsc as well, so it only watches; the rest, a file of its own, is loaded when LangChain is.
// CommonJS for --import too: only `require` loads at once, before the classes just found are used.
if (!isWatchingCopies()) {
  watchCopies(startWithLangChain);
  if (!canSeeImports()) {
    warnOnce(
      "no import hook",
      "ES modules are not traced here: this runtime lacks module.register(), or forbids it. Call autolog() in code.",
    );
  }
}

/** What is wrong in the environment is told, not thrown: it is not the app's fault. */
function startWithLangChain(): void {
  try {
    const { startAutolog } = createRequire(__filename)("./start.cjs") as typeof start;
    startAutolog({}, { isLenient: true });
  } catch (cause) {
    stopWatchingCopies();
    warnOnce("register", `tracing is off: ${(cause as Error).message}`);
  }
}
