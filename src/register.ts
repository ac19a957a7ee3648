import { startAutolog } from "./autolog/start.js";
import { warnOnce } from "./log.js";
import { isWatchingCopies, stopWatchingCopies, watchCopies } from "./patch/copies.js";
import { canSeeImports } from "./patch/load-hook.js";

// The preload: `node --import langchain-mlflow/register app.js`. NODE_OPTIONS brings it into every
// npm and tsc as well, so it only watches until LangChain is loaded.
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
    startAutolog({}, { isLenient: true });
  } catch (cause) {
    stopWatchingCopies();
    warnOnce("register", `tracing is off: ${(cause as Error).message}`);
  }
}
