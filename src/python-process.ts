import type { Bundle } from "./models/bundle/bundle.js";

/**
 * The program that Python's MLflow starts, through the file `python/runner.mjs` of a model, which passes its argument. It loads
 * the model, and answers the requests that it receives. A bundle that contains this program passes itself.
 */
export async function startPythonProcess(argument: string | undefined, bundle?: Bundle) {
  const { answerPython } = await import("./python-process/start.js");
  await answerPython(argument, bundle);
}
