import { startAutolog } from "./autolog/start.js";
import { warnOnce } from "./log.js";

// The preload: `node --import langchain-mlflow/register app.js`. Nothing of LangChain's is loaded
// here, and what is wrong in the environment is said, not thrown: it is not the app's fault.
try {
  startAutolog({}, { onBadVariable: (message) => warnOnce(message, message) });
} catch (cause) {
  warnOnce("register", `tracing is off: ${(cause as Error).message}`);
}
